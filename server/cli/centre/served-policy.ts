/** A version of the policy as the server has it, with the hosts that have joined: ready for the same questions as policy files. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Host } from "@bulkhead/shared/policy/policy.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import type { ApiClient } from "../../client/api-client.ts";

/** The active version where none is named. Throws `server/no-version`, and what the client throws. */
export async function servedPolicy(client: ApiClient, version?: number): Promise<ResolvedPolicy> {
  const number = version ?? (await client.get<{ policy: number | null }>("/api/v1/status")).policy;
  if (number === null)
    throw new BulkheadError("server/no-version", "no version of the policy has been provisioned");
  const files = await client.get<{ name: string; text: string }[]>(`/api/v1/policies/${number}/files`);
  const joined =
    await client.get<
      { name: string; addresses: string[]; labels: Record<string, string>; managed: boolean }[]
    >("/api/v1/inventory");
  const now = Date.now();
  const { policy, problems } = parsePolicy(files, { now });
  if (policy === undefined)
    throw new BulkheadError(
      "server/version-unreadable",
      `version ${number} cannot be read by this program: ${problems[0]?.message ?? "no policy"}`,
    );
  const hosts = new Map<string, Host>(policy.hosts);
  for (const { name, addresses, labels, managed } of joined)
    if (managed) hosts.set(name, { name, addresses, labels, place: { file: "joined", line: 0, column: 0 } });
  const whole = { ...policy, hosts };
  return resolvePolicy(whole, buildInventory(whole), { now });
}
