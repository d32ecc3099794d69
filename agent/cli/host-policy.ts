/** From the paths that a user names to what this host must enforce. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { formatProblem } from "@bulkhead/shared/policy/problem.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { readPolicy, type ThisHost } from "../apply/read-policy.ts";
import type { HostRoom } from "../kernel/kernel.ts";
import { IdentityFiles } from "../link/identity.ts";

export interface PolicyRequest {
  readonly path: readonly string[];
  readonly as: string | undefined;
  readonly quiet: boolean;
  /** Knows the server that this host may have joined: the agent's own connection there is never judged. */
  readonly stateDirectory: string;
}

/**
 * Reads and resolves the policy, and finds this machine in it. Shows what is wrong or doubtful on standard error, all at once.
 * Throws `command/invalid-policy` and what `chooseHost` throws.
 */
export async function hostPolicy(
  { path, as, quiet, stateDirectory }: PolicyRequest,
  host: HostRoom,
  { err }: Terminal,
): Promise<ThisHost> {
  const { problems, thisHost } = await readPolicy(path, host, as);
  const shown = problems.filter(({ severity }) => severity === "error" || !quiet);
  await err.write(shown.map((problem) => `${formatProblem(problem)}\n`).join(""));
  if (thisHost === undefined)
    throw invalid(path, problems.filter(({ severity }) => severity === "error").length);
  const found = thisHost();
  const { ends } = new IdentityFiles(stateDirectory).remembered();
  return ends.length === 0 ? found : { ...found, policy: { ...found.policy, server: ends } };
}

function invalid(path: readonly string[], errors: number): BulkheadError {
  const count = errors === 1 ? "an error" : `${errors} errors`;
  return new BulkheadError(
    "command/invalid-policy",
    `${path.join(", ")}: invalid, with ${count}; nothing was changed`,
  );
}
