/** A generation: one host's policy as it is, was, or is about to be in this kernel. */

import { createHash } from "node:crypto";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { LogTarget, Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import { canonicalJson } from "@bulkhead/shared/rules/canonical-json.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";

export interface Generation {
  /** Of the policy alone: facts differ from host to host and from hour to hour. */
  readonly digest: string;
  readonly policy: HostPolicy;
  /** What this host knew when the policy was compiled. */
  readonly facts: HostFacts;
  /** What the policy names and this host did not have, in words. */
  readonly missing: readonly string[];
  readonly stamp: Stamp;
  readonly log: LogTarget;
  /** ISO 8601, by this machine's clock: to be shown, never to be decided by. */
  readonly loadedAt: string;
  /** The table as it was read back after the load; absent until then. */
  readonly listing?: string;
  /** Present while nobody has confirmed it. */
  readonly probation?: { readonly seconds: number };
}

/** What a generation is made of before it has a stamp. */
export type Draft = Pick<Generation, "digest" | "policy" | "facts" | "missing" | "log">;

/** 128 bits of SHA-256 over the policy's canonical JSON, in hexadecimal: equal policies have equal digests on every host and in every version. */
export function digestOf(policy: HostPolicy): string {
  return createHash("sha256").update(canonicalJson(policy)).digest("hex").slice(0, 32);
}

/** Whether both would make the same table but for the stamp. */
export function isSameTable(a: Draft, b: Draft): boolean {
  const relevant = ({ digest, facts, log }: Draft) => canonicalJson({ digest, facts, log });
  return relevant(a) === relevant(b);
}
