/** Text -> Policy, or every problem at once. */

import type { SourceFile } from "./files.ts";
import { lint } from "./lint/lint.ts";
import type { Policy } from "./policy.ts";
import type { Problem } from "./problem.ts";
import { readPolicy } from "./read/policy.ts";
import { parseText } from "./text/parse-text.ts";
import { Problems } from "./text/problems.ts";
import { Source } from "./text/source.ts";

export interface ParseOptions {
  /** Milliseconds since 1970; without it no rule is called expired. */
  readonly now?: number;
  /** Files are missing (they could not be read), so names that are not known may be given in them: they are not reported. */
  readonly incomplete?: boolean;
}

/**
 * Reads files as one policy. With any error there is no policy, and the problems are all that is wrong; without, they are the warnings.
 * Problems are ordered by file, line and column. The order of the files makes no difference.
 */
export function parsePolicy(
  files: readonly SourceFile[],
  options: ParseOptions = {},
): { readonly policy?: Policy; readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const context = { problems, aliased: { values: 0 } };
  const trees = sorted.map(({ name, text }) => parseText(new Source(name, text), context));
  const read = trees.filter((tree) => tree !== undefined);
  const complete = read.length === trees.length && options.incomplete !== true;
  const policy = readPolicy(read, { problems, complete });
  if (problems.hasErrors) return { problems: problems.sorted() };
  lint(policy, { problems, ...(options.now !== undefined && { now: options.now }) });
  return { policy, problems: problems.sorted() };
}
