/** One group of hosts as agents know it: its members by their digest, and how it came to be, for those who were away for a while. */

import { WIRE } from "@bulkhead/shared/protocol/limits.ts";
import { MemberDigest } from "@bulkhead/shared/protocol/member-digest.ts";
import type { FromServer } from "@bulkhead/shared/protocol/messages.ts";

type Members = Extract<FromServer, { type: "members" }>;
type Step = Pick<Members, "from" | "to" | "add" | "remove">;

/** So many changes are remembered, and no more members in them than the group itself has. */
const MOST_STEPS = 500;

export class GroupState {
  readonly id: string;
  readonly #members: Set<string>;
  #digest = new MemberDigest();
  #steps: Step[] = [];
  #remembered = 0;

  constructor(id: string, members: Iterable<string>) {
    this.id = id;
    this.#members = new Set(members);
    for (const member of this.#members) this.#digest.add(member);
  }

  /** Goes its own way from here, and remembers how it came to be. */
  fork(): GroupState {
    const fork = new GroupState(this.id, []);
    for (const member of this.#members) fork.#members.add(member);
    fork.#digest = this.#digest.copy();
    fork.#steps = [...this.#steps];
    fork.#remembered = this.#remembered;
    return fork;
  }

  get digest(): string {
    return this.#digest.text;
  }

  get size(): number {
    return this.#members.size;
  }

  /** Takes a change, and gives it as it is to be told; undefined where nothing changes. */
  change(add: Iterable<string>, remove: Iterable<string>): Step | undefined {
    const from = this.digest;
    const added = [...add].filter((member) => !this.#members.has(member));
    const removed = [...remove].filter((member) => this.#members.has(member));
    if (added.length + removed.length === 0) return undefined;
    for (const member of added) {
      this.#members.add(member);
      this.#digest.add(member);
    }
    for (const member of removed) {
      this.#members.delete(member);
      this.#digest.remove(member);
    }
    const step = { from, to: this.digest, add: added, remove: removed };
    this.#remember(step);
    return step;
  }

  /** Makes it have exactly these members. */
  become(members: Iterable<string>): Step | undefined {
    const wanted = new Set(members);
    return this.change(
      wanted,
      [...this.#members].filter((member) => !wanted.has(member)),
    );
  }

  /** What leads from the members with this digest to those of now: the changes since, or all of them anew. */
  since(known: string | undefined): readonly Step[] {
    if (known === this.digest) return [];
    const at = known === undefined ? -1 : this.#steps.findLastIndex(({ from }) => from === known);
    return at < 0 ? this.#whole() : this.#steps.slice(at);
  }

  /** In several pieces where it is large; each says from what to what it leads. */
  #whole(): readonly Step[] {
    const members = [...this.#members];
    const digest = new MemberDigest();
    const steps: Step[] = [];
    for (let at = 0; at === 0 || at < members.length; at += WIRE.members) {
      const add = members.slice(at, at + WIRE.members);
      const from = at === 0 ? null : digest.text;
      for (const member of add) digest.add(member);
      steps.push({ from, to: digest.text, add, remove: [] });
    }
    return steps;
  }

  #remember(step: Step): void {
    this.#steps.push(step);
    this.#remembered += step.add.length + step.remove.length;
    while (this.#steps.length > MOST_STEPS || this.#remembered > Math.max(100, this.#members.size)) {
      const oldest = this.#steps.shift();
      if (oldest === undefined) return;
      this.#remembered -= oldest.add.length + oldest.remove.length;
    }
  }
}
