import { ANY_HOST, type Policy } from "../policy/policy.ts";
import type { HostRecord } from "../segments/inventory.ts";
import { type Groups, groupId, makeGroup, type SameValues, sameValues } from "./groups.ts";
import type { Group } from "./host-policy.ts";

/** What a change of one host brings to a group. */
export interface MembersChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

interface LivingGroup {
  readonly id: string;
  readonly group: Group;
  readonly labels: readonly string[];
  readonly values: string;
  /** Address -> how many hosts of the group have it. */
  readonly members: Map<string, number>;
}

/** The groups of a policy whose hosts come, go and change: each change costs what it changes. */
export class LivingGroups implements Groups {
  readonly #policy: Policy;
  readonly #hosts: () => Iterable<HostRecord>;
  readonly #groups = new Map<string, LivingGroup>();
  readonly #bySegment = new Map<string, LivingGroup[]>();

  /** @param hosts all that are there, asked for when a group is named for the first time. */
  constructor(policy: Policy, hosts: () => Iterable<HostRecord>) {
    this.#policy = policy;
    this.#hosts = hosts;
  }

  idOf(segment: string, same: SameValues): string {
    const id = groupId(segment, same);
    if (!this.#groups.has(id)) this.#begin(id, segment, same);
    return id;
  }

  /** Groups of hosts come without their members, which are `members(id)`. */
  group(id: string): Group {
    return this.#known(id).group;
  }

  /** The addresses of a group of hosts, in no order. */
  members(id: string): Iterable<string> {
    return this.#known(id).members.keys();
  }

  has(id: string): boolean {
    return this.#groups.has(id);
  }

  /** A host was this and is that (undefined: not there). Gives what changes, by group; groups that stay as they are are left out. */
  moved(before: HostRecord | undefined, after: HostRecord | undefined): ReadonlyMap<string, MembersChange> {
    const changes = new Map<string, MembersChange>();
    for (const segment of new Set([...segmentsOf(before), ...segmentsOf(after)]))
      for (const group of this.#bySegment.get(segment) ?? []) {
        const was = addressesIn(group, before);
        const is = addressesIn(group, after);
        const add = is.filter((address) => count(group, address, 1));
        const remove = was.filter((address) => count(group, address, -1));
        // What is counted up before it is counted down never was away.
        if (add.length + remove.length > 0) changes.set(group.id, { add, remove });
      }
    return changes;
  }

  #begin(id: string, segment: string, same: SameValues): void {
    const made: LivingGroup = {
      id,
      group: makeGroup(this.#policy, segment, same, () => []),
      labels: same.map(([label]) => label),
      values: JSON.stringify(same),
      members: new Map(),
    };
    this.#groups.set(id, made);
    if (made.group.kind !== "hosts") return;
    this.#bySegment.getOrInsertComputed(segment, () => []).push(made);
    for (const host of this.#hosts())
      if (segmentsOf(host).includes(segment))
        for (const address of addressesIn(made, host)) count(made, address, 1);
  }

  #known(id: string): LivingGroup {
    const group = this.#groups.get(id);
    if (group === undefined) throw new RangeError(`no group '${id}' was made`);
    return group;
  }
}

function segmentsOf(host: HostRecord | undefined): readonly string[] {
  return host === undefined ? [] : [ANY_HOST, ...host.segments];
}

/** The addresses that the host brings into the group: none where it is no member. */
function addressesIn({ group, labels, values }: LivingGroup, host: HostRecord | undefined): string[] {
  if (host === undefined || !segmentsOf(host).includes(group.segment)) return [];
  const same = sameValues(host, labels);
  return same !== undefined && JSON.stringify(same) === values ? [...new Set(host.addresses)] : [];
}

/** Whether the address came with it, or went. */
function count({ members }: LivingGroup, address: string, by: 1 | -1): boolean {
  const now = (members.get(address) ?? 0) + by;
  if (now === 0) members.delete(address);
  else members.set(address, now);
  return by === 1 ? now === 1 : now === 0;
}
