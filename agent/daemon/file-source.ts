/** Policy files as a source: watched, so that saving one enforces it. */

import { stat } from "node:fs/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { formatProblem } from "@bulkhead/shared/policy/problem.ts";
import { readPolicy } from "../apply/read-policy.ts";
import type { HostRoom } from "../kernel/kernel.ts";
import { watchPaths } from "./path-watch.ts";
import type { PolicySource, SourceState } from "./policy-source.ts";

export interface FileSourceOptions {
  readonly paths: readonly string[];
  /** The host that this machine is, where it cannot be found. */
  readonly as: string | undefined;
  readonly host: HostRoom;
}

export function fileSource({ paths, as, host }: FileSourceOptions): PolicySource {
  return {
    kind: "files",
    paths,
    read: async () => (await missing(paths)) ?? (await readState(paths, host, as)),
    watch: (changed) => watchPaths(paths, changed),
  };
}

async function readState(
  paths: readonly string[],
  host: HostRoom,
  as: string | undefined,
): Promise<SourceState> {
  const { problems, thisHost } = await readPolicy(paths, host, as);
  const errors = problems.filter(({ severity }) => severity === "error").map(formatProblem);
  if (thisHost === undefined) return { state: "invalid", problems: errors };
  try {
    return { state: "current", desired: thisHost() };
  } catch (error) {
    if (!(error instanceof BulkheadError)) throw error;
    return { state: "invalid", problems: [`${error.message} [${error.code}]`] };
  }
}

/** What is not there at all is told apart from what is wrong: a folder that vanished is rarely meant. */
async function missing(paths: readonly string[]): Promise<SourceState | undefined> {
  const gone: string[] = [];
  for (const path of paths)
    if ((await stat(path).catch(() => undefined)) === undefined) gone.push(`${path} is not there`);
  return gone.length === 0 ? undefined : { state: "missing", problems: gone };
}
