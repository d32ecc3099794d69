/** One version over the hosts of the estate: its groups as agents know them, and who is connected and follows it. Two of them stand beside each other during a rollout. */

import type { Host, Policy } from "@bulkhead/shared/policy/policy.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { MembersChange } from "@bulkhead/shared/rules/living-groups.ts";
import { LivingPolicy } from "@bulkhead/shared/rules/living-policy.ts";
import type { HostRecord } from "@bulkhead/shared/segments/inventory.ts";
import { GroupState } from "./group-state.ts";

/** What tells a version that was made active from all others. */
export interface Order {
  readonly version: number;
  /** Grows with each activation. */
  readonly revision: number;
  /** SHA-256 of the version's files. */
  readonly content: string;
}

export class Layer<Follower> {
  order: Order;
  readonly #living: LivingPolicy;
  readonly #groups = new Map<string, GroupState>();
  readonly #earlier: (id: string) => GroupState | undefined;
  readonly #naming = new Map<string, Set<Follower>>();

  /** @param earlier a group as it was before, of which this one goes on, so that those who know it need only the difference; it is not used otherwise from then on. */
  constructor(
    order: Order,
    policy: Policy,
    hosts: Iterable<Host>,
    earlier: (id: string) => GroupState | undefined = () => undefined,
  ) {
    this.order = order;
    this.#living = new LivingPolicy(policy, hosts);
    this.#earlier = earlier;
  }

  get policy(): Policy {
    return this.#living.policy;
  }

  get hosts(): ReadonlyMap<string, HostRecord> {
    return this.#living.hosts;
  }

  hostPolicy(name: string): HostPolicy | undefined {
    return this.#living.hostPolicy(name);
  }

  put(host: Host): ReadonlyMap<string, MembersChange> {
    return this.#living.put(host);
  }

  remove(name: string): ReadonlyMap<string, MembersChange> {
    return this.#living.remove(name);
  }

  /** Made when it is asked for. */
  state(id: string): GroupState {
    return this.#groups.getOrInsertComputed(id, () => {
      const members = this.#living.members(id);
      const earlier = this.#earlier(id);
      earlier?.become(members);
      return earlier ?? new GroupState(id, members);
    });
  }

  /** One that was asked for before. */
  known(id: string): GroupState | undefined {
    return this.#groups.get(id);
  }

  /** Those who follow this layer and name the group. */
  naming(id: string): ReadonlySet<Follower> | undefined {
    return this.#naming.get(id);
  }

  /** The follower names these groups, and no longer those. */
  name(follower: Follower, ids: readonly string[], before: Iterable<string>): void {
    for (const id of before) this.#naming.get(id)?.delete(follower);
    for (const id of ids) this.#naming.getOrInsertComputed(id, () => new Set()).add(follower);
  }
}
