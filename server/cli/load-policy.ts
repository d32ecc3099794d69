/** From the paths that a user names to a policy that can be asked. */

import fs from "node:fs/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { readPolicyFiles, type SourceFile } from "@bulkhead/shared/policy/files.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { problemsText } from "./check/text.ts";

export interface ReadPolicy {
  readonly files: readonly SourceFile[];
  /** Files that could not be read first, then what is wrong in the text. */
  readonly problems: readonly Problem[];
  /** Absent where any problem is an error. */
  readonly policy?: Policy;
}

/** Reads all that the paths name as one policy, as it stands at the time `now`. */
export async function readPolicy(paths: readonly string[], now: number): Promise<ReadPolicy> {
  const { files, problems } = await readPolicyFiles(fs, paths);
  const parsed = parsePolicy(files, { now, incomplete: problems.length > 0 });
  const all = [...problems, ...parsed.problems];
  return problems.length > 0 ? { files, problems: all } : { ...parsed, files, problems: all };
}

/** The policy with its hosts, ready for questions. Shows what is wrong on standard error and throws `command/invalid-policy` where it is invalid. */
export async function loadPolicy(paths: readonly string[], { err }: Terminal): Promise<ResolvedPolicy> {
  const now = Date.now();
  const { files, problems, policy } = await readPolicy(paths, now);
  if (policy !== undefined) return resolve(policy, now);
  await err.write(problemsText({ files, problems }, err.paint));
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const count = errors === 1 ? "1 error" : `${errors} errors`;
  throw new BulkheadError("command/invalid-policy", `${paths.join(", ")} is no valid policy: ${count}`);
}

export function resolve(policy: Policy, now: number): ResolvedPolicy {
  return resolvePolicy(policy, buildInventory(policy), { now });
}

/** The name, if a host has it; throws `command/unknown-host` with the nearest one. */
export function knownHost({ hosts }: ResolvedPolicy, name: string): string {
  if (hosts.has(name)) return name;
  const near = nearest(name, hosts.keys());
  throw new BulkheadError("command/unknown-host", `the policy knows no host '${name}'`, {
    ...(near !== undefined && { remedy: `Did you mean '${near}'?` }),
  });
}
