import { type PolicyFileSystem, readPolicyFiles, type SourceFile } from "./files.ts";
import { parsePolicy } from "./parse.ts";
import type { Policy } from "./policy.ts";
import type { Problem } from "./problem.ts";
import { comparePlaces } from "./text/problems.ts";

export interface LoadedPolicy {
  /** Undefined if anything is wrong. */
  readonly policy?: Policy;
  /** What could be read, for excerpts. */
  readonly files: readonly SourceFile[];
  /** Of the files and of what they say, ordered by file, line and column. */
  readonly problems: readonly Problem[];
}

/** Reads and parses the policy at these paths: all that is wrong with files and text at once. `now` as in `ParseOptions`. */
export async function loadPolicy(
  fs: PolicyFileSystem,
  paths: readonly string[],
  options: { readonly now?: number } = {},
): Promise<LoadedPolicy> {
  const { files, problems } = await readPolicyFiles(fs, paths);
  const parsed = parsePolicy(files, { ...options, incomplete: problems.length > 0 });
  if (problems.length === 0) return { ...parsed, files };
  const errors = parsed.problems.filter(({ severity }) => severity === "error");
  return { files, problems: [...problems, ...errors].toSorted((a, b) => comparePlaces(a.place, b.place)) };
}
