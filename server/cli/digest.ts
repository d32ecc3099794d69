import { createHash } from "node:crypto";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";

/** The name by which a host's agent knows this policy: 128 bits of SHA-256 over its JSON with sorted keys, in hexadecimal. */
export function digestOf(policy: HostPolicy): string {
  const json = JSON.stringify(policy, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? sorted(value) : value,
  );
  return createHash("sha256").update(json).digest("hex").slice(0, 32);
}

function sorted(object: object): object {
  const entries: [string, unknown][] = Object.entries(object);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
