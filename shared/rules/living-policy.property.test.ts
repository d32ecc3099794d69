import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { buildInventory } from "../segments/inventory.ts";
import type { HostPolicy } from "./host-policy.ts";
import { LivingPolicy } from "./living-policy.ts";
import { resolvePolicy } from "./resolve.ts";
import { policySections, resolveSections } from "./testing/arbitrary-policy.ts";

/** What is known of the members of groups, kept up by changes alone, as the agents do. */
class Follower {
  readonly #groups = new Map<string, Set<string>>();
  readonly #living: LivingPolicy;

  constructor(living: LivingPolicy) {
    this.#living = living;
  }

  whole(host: string): HostPolicy {
    const policy = this.#living.hostPolicy(host);
    if (policy === undefined) throw new Error(`no host ${host}`);
    const groups = Object.fromEntries(
      Object.entries(policy.groups).map(([id, group]) => {
        if (group.kind !== "hosts") return [id, group];
        const members = this.#groups.getOrInsertComputed(id, () => new Set(this.#living.members(id)));
        return [id, { ...group, members: [...members].sort() }];
      }),
    );
    return { ...policy, groups };
  }

  take(changes: ReturnType<LivingPolicy["put"]>): void {
    for (const [id, { add, remove }] of changes) {
      const members = this.#groups.get(id);
      for (const address of add) members?.add(address);
      for (const address of remove) expect(members === undefined || members.delete(address)).toBe(true);
    }
  }
}

function sorted(policy: HostPolicy): object {
  const groups = Object.entries(policy.groups).map(([id, group]) => [
    id,
    group.kind === "hosts" ? { ...group, members: [...group.members].sort() } : group,
  ]);
  return { ...policy, groups: Object.fromEntries(groups) };
}

test.prop([
  policySections,
  fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 12 }),
])("hosts that come, go and are relabelled: the same as resolving everything anew", (sections, steps) => {
  const { policy } = resolveSections(sections);
  const all = [...policy.hosts.values()];
  const hosts = new Map(all.map((host) => [host.name, host]));
  const living = new LivingPolicy(policy, hosts.values());
  const follower = new Follower(living);
  const compare = () => {
    const resolved = resolvePolicy(policy, buildInventory({ ...policy, hosts }));
    for (const name of hosts.keys())
      expect(sorted(follower.whole(name))).toEqual(sorted(resolved.hostPolicy(name)));
  };
  compare();
  for (const [which, other, leaves] of steps) {
    const host = all[which % all.length];
    const model = all[other % all.length];
    if (host === undefined || model === undefined) return;
    if (leaves) {
      hosts.delete(host.name);
      follower.take(living.remove(host.name));
    } else {
      const changed = { ...host, labels: model.labels };
      hosts.set(host.name, changed);
      follower.take(living.put(changed));
    }
    compare();
  }
});
