/** What is doubtful in a policy's text on the hosts that have joined: what `bulkhead lint` says of it without what was recorded. Pure. */

import type { InventoryHost } from "@bulkhead/server/api/shapes.ts";
import { lintEstate } from "@bulkhead/shared/advice/lint-policy.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { comparePlaces } from "@bulkhead/shared/policy/text/problems.ts";
import type { PolicyFile } from "../api/queries.ts";
import { resolveFiles } from "./served-policy.ts";

/** The parser's warnings as well, in the order of their places; nothing of text that is no policy. */
export function doubtsOf(
  files: readonly PolicyFile[],
  joined: readonly InventoryHost[],
  now: number,
): readonly Problem[] {
  const { policy, problems } = parsePolicy(files, { now });
  return policy === undefined
    ? []
    : inText([...problems, ...furtherDoubts(files, { joined, now, problems })]);
}

/** Those alone that the parser has not told. */
export function furtherDoubts(
  files: readonly PolicyFile[],
  {
    joined,
    now,
    problems,
  }: {
    readonly joined: readonly InventoryHost[];
    readonly now: number;
    /** What the parser has told. */
    readonly problems: readonly Problem[];
  },
): readonly Problem[] {
  const resolved = resolveFiles(files, joined, now);
  if (resolved instanceof Error) return [];
  const told = new Set(problems.map(placed));
  return lintEstate(resolved).filter((problem) => !told.has(placed(problem)));
}

export function inText(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => comparePlaces(a.place, b.place));
}

function placed({ code, place: { file, line, column } }: Problem): string {
  return JSON.stringify([code, file, line, column]);
}
