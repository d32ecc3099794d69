import type { Host, Policy } from "../policy/policy.ts";
import { type HostRecord, hostRecord } from "../segments/inventory.ts";
import type { HostPolicy } from "./host-policy.ts";
import { LivingGroups, type MembersChange } from "./living-groups.ts";
import { endsOfOneHost } from "./local-ends.ts";
import { Resolver } from "./resolve.ts";

/**
 * A policy over hosts that come, go and change, resolved as far as somebody asks. What a change of one host brings to others is members of groups and nothing else,
 * so nothing is computed anew for them.
 */
export class LivingPolicy {
  readonly policy: Policy;
  readonly #hosts = new Map<string, HostRecord>();
  readonly #groups: LivingGroups;
  readonly #resolver: Resolver;

  /** @param hosts all of them; those in the policy's own `hosts` count only if they are among these. */
  constructor(policy: Policy, hosts: Iterable<Host>) {
    this.policy = policy;
    for (const host of hosts) this.#hosts.set(host.name, hostRecord(policy, host));
    this.#groups = new LivingGroups(policy, () => this.#hosts.values());
    this.#resolver = new Resolver({ policy, groups: this.#groups, endsOf: endsOfOneHost(policy) });
  }

  get hosts(): ReadonlyMap<string, HostRecord> {
    return this.#hosts;
  }

  /** A host's policy, its groups of hosts without their members (`members`); undefined for one that is not there. */
  hostPolicy(name: string): HostPolicy | undefined {
    const host = this.#hosts.get(name);
    return host && this.#resolver.hostPolicy(host);
  }

  /** The addresses of a group that some host policy names, in no order. */
  members(group: string): Iterable<string> {
    return this.#groups.members(group);
  }

  /** A host is there, or is another than before. Its own policy is to be asked for anew; groups change as told. */
  put(host: Host): ReadonlyMap<string, MembersChange> {
    const before = this.#hosts.get(host.name);
    const after = hostRecord(this.policy, host);
    this.#hosts.set(host.name, after);
    return this.#groups.moved(before, after);
  }

  remove(name: string): ReadonlyMap<string, MembersChange> {
    const before = this.#hosts.get(name);
    this.#hosts.delete(name);
    return this.#groups.moved(before, undefined);
  }
}
