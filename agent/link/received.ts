/** What the server has sent, put together: the policy's body and the members of its groups, which come apart and are checked by their digests. */

import { createHash } from "node:crypto";
import { compareAddresses, parseAddress } from "@bulkhead/shared/net/address.ts";
import { MemberDigest } from "@bulkhead/shared/protocol/member-digest.ts";
import type { FromServer } from "@bulkhead/shared/protocol/messages.ts";
import { bodyText, stateDigest } from "@bulkhead/shared/protocol/state-digest.ts";
import { fromWire, toWire, type WirePolicy } from "@bulkhead/shared/protocol/wire-policy.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";

type Message<Type extends FromServer["type"]> = Extract<FromServer, { type: Type }>;

/** Which policy it is, among all that the server has ever made active. */
export interface Order {
  readonly version: number;
  readonly revision: number;
  /** Of the version's files; null where nobody remembers it. */
  readonly content: string | null;
}

interface Body extends Order {
  readonly digest: string;
  readonly wire: WirePolicy;
  readonly confirmWithinSeconds?: number | undefined;
  /** Milliseconds of `performance.now()` at which an operator's trial of it ends. */
  readonly trialEnds?: number | undefined;
  /** From before this agent was started: the server has not said it anew. */
  readonly isRemembered?: boolean;
}

interface Group {
  readonly members: Set<string>;
  readonly digest: MemberDigest;
}

/** What came of a message: something to enforce, groups that have to be sent whole, or nothing yet. */
export interface Outcome {
  readonly changed: boolean;
  readonly need: readonly string[];
  /** Why it is not followed. */
  readonly refused?: string;
}

export class Received {
  #body: Body | undefined;
  #groups = new Map<string, Group>();
  /** Held back until the policy that they belong to comes. */
  #held = new Map<string, Group>();
  /** Groups that could not be followed. */
  readonly #broken = new Set<string>();
  readonly #clock: () => number;

  /** @param clock milliseconds that nobody sets. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Begins with what is in force already; `version` 0 where nobody knows which one it is. */
  remember(policy: HostPolicy, order: Order): void {
    const { server: _, ...plain } = policy;
    for (const [id, group] of Object.entries(plain.groups))
      if (group.kind === "hosts") this.#groups.set(id, groupOf(group.members));
    const digests = (id: string) => this.#digestOf(id) ?? "0";
    this.#body = { ...order, digest: hashOf(plain), wire: toWire(plain, digests), isRemembered: true };
  }

  /** For `hello`. */
  get known(): {
    readonly version: number;
    readonly revision: number;
    readonly digest: string | null;
    readonly groups: Record<string, string>;
  } {
    const groups = [...this.#groups].map(([id, { digest }]) => [id, digest.text] as const);
    return {
      version: this.#body?.version ?? 0,
      revision: this.#body?.revision ?? 0,
      digest: this.#body?.digest ?? null,
      groups: Object.fromEntries(groups),
    };
  }

  policy(message: Message<"policy">): Outcome {
    const { version, revision, content, digest, policy, confirmWithinSeconds, trialSeconds } = message;
    const order = { version, revision, content };
    const why = this.#refusal(order);
    if (why !== undefined) return this.#refuse(why);
    this.#body = {
      ...{ ...order, digest, wire: policy, confirmWithinSeconds },
      trialEnds: this.#endOf(trialSeconds),
    };
    return this.#settle();
  }

  same({ version, revision, content, digest, trialSeconds }: Message<"same">): Outcome {
    const order = { version, revision, content };
    const why = this.#refusal(order);
    if (why !== undefined) return this.#refuse(why);
    if (this.#body?.digest === digest)
      this.#body = {
        ...{ ...this.#body, ...order, confirmWithinSeconds: undefined },
        ...{ trialEnds: this.#endOf(trialSeconds), isRemembered: false },
      };
    return this.#settle();
  }

  members({ hold, group: id, from, to, add, remove }: Message<"members">): Outcome {
    const known = this.#held.get(id) ?? this.#groups.get(id);
    if (from !== null && (known === undefined || known.digest.text !== from)) return this.#lost(id);
    const group = from === null || known === undefined ? groupOf([]) : hold ? copyOf(known) : known;
    for (const member of remove) if (group.members.delete(member)) group.digest.remove(member);
    for (const member of add)
      if (!group.members.has(member)) {
        group.members.add(member);
        group.digest.add(member);
      }
    if (group.digest.text !== to) return this.#lost(id);
    if (hold) {
      this.#held.set(id, group);
      return NOTHING;
    }
    this.#groups.set(id, group);
    this.#broken.delete(id);
    return { changed: this.#broken.size === 0 && this.#body !== undefined, need: [] };
  }

  /** What to enforce, and how that is called; undefined while something is missing. */
  desired():
    | {
        readonly policy: HostPolicy;
        readonly order: Order;
        readonly body: string;
        readonly digest: string;
        readonly confirmWithinSeconds: number | undefined;
        readonly trialEnds: number | undefined;
        readonly isRemembered: boolean;
      }
    | undefined {
    if (this.#body === undefined || this.#broken.size > 0) return undefined;
    const { wire, version, revision, content, digest: body } = this.#body;
    const { confirmWithinSeconds, trialEnds, isRemembered = false } = this.#body;
    const ids = hostGroupsOf(wire);
    const digests = ids.map((id) => [id, this.#digestOf(id) ?? ""] as const);
    return {
      policy: fromWire(wire, (id) => sorted(this.#groups.get(id)?.members ?? [])),
      order: { version, revision, content },
      body,
      digest: stateDigest(body, digests),
      confirmWithinSeconds,
      trialEnds,
      isRemembered,
    };
  }

  #endOf(trialSeconds: number | undefined): number | undefined {
    return trialSeconds === undefined ? undefined : this.#clock() + trialSeconds * 1000;
  }

  /** What was held back holds from now on, and what nobody names any more is forgotten. */
  #settle(): Outcome {
    const wire = this.#body?.wire;
    if (wire === undefined) return NOTHING;
    for (const [id, group] of this.#held) {
      this.#groups.set(id, group);
      this.#broken.delete(id);
    }
    this.#held.clear();
    const ids = hostGroupsOf(wire);
    const named = new Set(ids);
    for (const id of this.#groups.keys()) if (!named.has(id)) this.#groups.delete(id);
    for (const id of [...this.#broken]) if (!named.has(id)) this.#broken.delete(id);
    const need = ids.filter((id) => !this.#groups.has(id));
    for (const id of need) this.#broken.add(id);
    return { changed: need.length === 0 && this.#broken.size === 0, need };
  }

  /** An old policy again, or a known number with other content: either the server was put back to what it was, or it is not what it says. */
  #refusal({ version, revision, content }: Order): string | undefined {
    const known = this.#body;
    if (known === undefined) return undefined;
    if (revision < known.revision)
      return `version ${version} was made active before version ${known.version}, which is in force (revision ${revision} before ${known.revision})`;
    if (version === known.version && known.content !== null && content !== known.content)
      return `version ${version} has other content than version ${version} had before`;
    return undefined;
  }

  #refuse(refused: string): Outcome {
    this.#held.clear();
    return { ...NOTHING, refused };
  }

  #lost(id: string): Outcome {
    this.#broken.add(id);
    return { changed: false, need: [id] };
  }

  #digestOf(id: string): string | undefined {
    return this.#groups.get(id)?.digest.text;
  }
}

const NOTHING: Outcome = { changed: false, need: [] };

function hashOf(policy: HostPolicy): string {
  return createHash("sha256").update(bodyText(policy)).digest("hex").slice(0, 32);
}

function hostGroupsOf({ groups }: WirePolicy): readonly string[] {
  return Object.entries(groups)
    .filter(([, { kind }]) => kind === "hosts")
    .map(([id]) => id);
}

function groupOf(members: readonly string[]): Group {
  const group = { members: new Set(members), digest: new MemberDigest() };
  for (const member of group.members) group.digest.add(member);
  return group;
}

function copyOf({ members }: Group): Group {
  return groupOf([...members]);
}

/** As `HostsGroup` has them. */
function sorted(members: Iterable<string>): readonly string[] {
  return [...members]
    .flatMap((text) => {
      const address = parseAddress(text);
      return address === undefined ? [] : { text, address };
    })
    .sort((a, b) => compareAddresses(a.address, b.address))
    .map(({ text }) => text);
}
