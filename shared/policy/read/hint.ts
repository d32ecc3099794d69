import { nearest } from "../suggest.ts";
import type { Problems } from "../text/problems.ts";

/** A hint at the known name that was probably meant, if one is near; none where looking for it has cost too much already. */
export function hintAt(
  word: string,
  known: () => readonly string[],
  problems: Problems,
): { readonly hint?: string } {
  if (problems.isFull) return {};
  const candidates = known();
  const near = problems.maySuggest(candidates.length) ? nearest(word, candidates) : undefined;
  return near === undefined ? {} : { hint: `did you mean '${near}'?` };
}
