import { createHash } from "node:crypto";
import { canonicalJson } from "@bulkhead/shared/rules/canonical-json.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";

/** The name by which a host's agent knows this policy: 128 bits of SHA-256 over its canonical JSON, in hexadecimal. */
export function digestOf(policy: HostPolicy): string {
  return createHash("sha256").update(canonicalJson(policy)).digest("hex").slice(0, 32);
}
