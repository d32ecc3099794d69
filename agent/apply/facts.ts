/** What a policy needs to know of this host. */

import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { factsNeeded } from "@bulkhead/shared/rules/needs.ts";
import type { Kernel } from "../kernel/kernel.ts";

export interface Resolved {
  readonly facts: HostFacts;
  /** In words. */
  readonly missing: readonly string[];
}

/**
 * Finds it out, now. A DNS name that cannot be resolved keeps the addresses that it had `before`: its server may be away, or be what the policy on trial
 * cuts off. Units and accounts are what they are now.
 */
export async function resolveFacts(
  policy: HostPolicy,
  before: HostFacts | undefined,
  { host }: Pick<Kernel, "host">,
): Promise<Resolved> {
  const needed = factsNeeded(policy);
  const { facts, missing } = await host.resolve(needed);
  const kept = needed.names.flatMap((name) => {
    const known = before?.names[name];
    return facts.names[name] === undefined && known !== undefined ? [[name, known] as const] : [];
  });
  return {
    facts: { ...facts, names: { ...facts.names, ...Object.fromEntries(kept) } },
    missing: [...missing, ...kept.map(([name]) => `${name} keeps the addresses that it had before`)],
  };
}
