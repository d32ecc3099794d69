import type { Group, HostPolicy, HostsGroup } from "./host-policy.ts";

/** Which groups of hosts an address is a member of: found at once, however many groups there are. */
export class Membership {
  readonly #groups = new Map<string, HostsGroup[]>();

  add(group: Group): void {
    if (group.kind !== "hosts") return;
    for (const member of group.members) this.#groups.getOrInsertComputed(member, () => []).push(group);
  }

  /** @param address canonical text. */
  groupsOf(address: string): readonly HostsGroup[] {
    return this.#groups.get(address) ?? [];
  }
}

const memberships = new WeakMap<HostPolicy["groups"], Membership>();

/** Lets host policies that were resolved together use one membership, which may also know groups that these do not name. */
export function shareMembership(groups: HostPolicy["groups"], membership: Membership): void {
  memberships.set(groups, membership);
}

/** The shared membership, or one of its own for a host policy that stands alone. */
export function membershipOf(groups: HostPolicy["groups"]): Membership {
  return memberships.getOrInsertComputed(groups, () => {
    const membership = new Membership();
    for (const group of Object.values(groups)) membership.add(group);
    return membership;
  });
}
