import { Asker } from "@bulkhead/shared/rules/query.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";

/** For each service, who gets through to the host by this policy, in the policy's words; a service that cannot be asked about is left out. */
export function exposureOf(
  resolved: ResolvedPolicy,
  host: string,
  services: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const asker = new Asker(resolved);
  const reach = new Map<string, readonly string[]>();
  if (!resolved.hosts.has(host)) return reach;
  for (const service of services) {
    try {
      const { outcomes } = asker.ask({ from: "any", to: host, service });
      const passing = outcomes.filter(({ verdict }) => verdict !== "deny").flatMap(({ from }) => from);
      reach.set(service, [...new Set(passing)].sort());
    } catch {
      // A service that the policy language has no words for.
    }
  }
  return reach;
}
