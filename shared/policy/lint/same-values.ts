import type { Host } from "../policy.ts";
import type { Effort } from "./effort.ts";
import { labelOfHost } from "./members.ts";
import type { Side } from "./sides.ts";

/** The hosts that share a combination of values; no more than two of them, as more would say nothing new. */
type Groups = ReadonlyMap<string, readonly Host[]>;

/** Finds out whether two different hosts of two sides carry equal labels. */
export class SameValues {
  readonly #effort: Effort;
  readonly #groups = new Map<string, Groups>();

  constructor(effort: Effort) {
    this.#effort = effort;
  }

  /** True too where finding out is too much work. */
  mayJoin(from: readonly Side[], to: readonly Side[], labels: readonly string[]): boolean {
    return from.some((sender) => to.some((receiver) => this.#mayJoinTwo(sender, receiver, labels)));
  }

  #mayJoinTwo(sender: Side, receiver: Side, labels: readonly string[]): boolean {
    const senders = this.#groupsOf(sender, labels);
    const receivers = this.#groupsOf(receiver, labels);
    if (senders === undefined || receivers === undefined || !this.#effort.spend(senders.size)) return true;
    for (const [values, hosts] of senders) {
      const others = receivers.get(values) ?? [];
      // A host that would talk to itself alone is no pair.
      if (others.some((other) => hosts.some((host) => host !== other))) return true;
    }
    return false;
  }

  #groupsOf({ name, hosts, isOpen }: Side, labels: readonly string[]): Groups | undefined {
    if (isOpen) return undefined;
    const key = JSON.stringify([name, labels]);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (!this.#effort.spend(hosts.length * labels.length)) return undefined;
    const groups = groupBy(hosts, labels);
    this.#groups.set(key, groups);
    return groups;
  }
}

function groupBy(hosts: readonly Host[], labels: readonly string[]): Groups {
  const groups = new Map<string, Host[]>();
  for (const host of hosts) {
    const values = labels.map((label) => labelOfHost(host, label));
    if (values.includes(undefined)) continue;
    const group = groups.getOrInsertComputed(JSON.stringify(values), () => []);
    if (group.length < 2) group.push(host);
  }
  return groups;
}
