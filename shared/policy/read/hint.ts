import { nearest } from "../suggest.ts";
import type { Problems } from "../text/problems.ts";

/** A hint at the known name that was probably meant, if one is near; made only where the problem will be shown. */
export function hintAt(
  word: string,
  known: () => Iterable<string>,
  problems: Problems,
): { readonly hint?: string } {
  const near = problems.isFull ? undefined : nearest(word, known());
  return near === undefined ? {} : { hint: `did you mean '${near}'?` };
}
