/** A policy over the hosts of the estate, ready for questions. */

import type { Host, Policy } from "@bulkhead/shared/policy/policy.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";

/**
 * @param joined hosts that have joined; those of the policy with other names have no agent, and are there as the policy says.
 * @param left names of hosts that have joined and are not there any more: the policy's word on them does not count.
 * @param now milliseconds since 1970-01-01T00:00Z.
 */
export function estatePolicy(
  policy: Policy,
  {
    joined,
    left,
    now,
  }: { readonly joined: readonly Host[]; readonly left: readonly string[]; readonly now: number },
): ResolvedPolicy {
  const hosts = new Map<string, Host>(joined.map((host) => [host.name, host]));
  const gone = new Set(left);
  for (const [name, host] of policy.hosts) if (!hosts.has(name) && !gone.has(name)) hosts.set(name, host);
  const whole = { ...policy, hosts };
  return resolvePolicy(whole, buildInventory(whole), { now });
}
