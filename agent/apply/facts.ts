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
  const kept = addressesBefore(
    needed.names.filter((name) => !Object.hasOwn(facts.names, name)),
    before,
  );
  return {
    facts: { ...facts, names: { ...facts.names, ...kept } },
    missing: [
      ...missing,
      ...Object.keys(kept).map((name) => `${name} keeps the addresses that it had before`),
    ],
  };
}

/** As `resolveFacts`, without asking for names: what is in the kernel already need not wait for DNS to be confirmed, or to come back. */
export async function refreshFacts(
  policy: HostPolicy,
  before: HostFacts,
  { host }: Pick<Kernel, "host">,
): Promise<Resolved> {
  const { names, ...local } = factsNeeded(policy);
  const { facts, missing } = await host.resolve({ ...local, names: [] });
  const kept = addressesBefore(names, before);
  const without = names.filter((name) => !Object.hasOwn(kept, name));
  return {
    facts: { ...facts, names: kept },
    missing: [
      ...missing,
      ...without.map((name) => `the DNS name ${name} had no address when it was asked for`),
    ],
  };
}

function addressesBefore(names: readonly string[], before: HostFacts | undefined): HostFacts["names"] {
  return Object.fromEntries(
    names.flatMap((name) => {
      const known =
        before !== undefined && Object.hasOwn(before.names, name) ? before.names[name] : undefined;
      return known === undefined ? [] : [[name, known]];
    }),
  );
}
