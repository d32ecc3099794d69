/** What differs between the table that was loaded and the one in the kernel, for people to read. */

import { objectsIn } from "./listing-objects.ts";

/** One chain, set or map that differs. `lines` begin with `- ` (was loaded, is gone) or `+ ` (is there, was not loaded). */
export interface Difference {
  /** As nft begins it: `chain input`, `set web_4`. */
  readonly object: string;
  readonly lines: readonly string[];
}

/** Both texts as `TableInKernel.stableText`. Empty where they are equal. */
export function tableDifferences(loaded: string, present: string): readonly Difference[] {
  if (loaded === present) return [];
  const was = objectsIn(loaded);
  const is = objectsIn(present);
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const found = names.flatMap((object) => {
    const lines = lineDifferences(was.get(object) ?? [], is.get(object) ?? []);
    return lines.length === 0 ? [] : [{ object, lines }];
  });
  // Equal objects in another order would be equal rules all the same; nft lists them in the order in which they were made.
  return found.length > 0
    ? found
    : [{ object: "table", lines: ["~ its chains and sets are in another order"] }];
}

function lineDifferences(was: readonly string[], is: readonly string[]): readonly string[] {
  const gone = without(was, is).map((line) => `- ${line}`);
  const added = without(is, was).map((line) => `+ ${line}`);
  if (gone.length + added.length > 0) return [...gone, ...added];
  return was.every((line, at) => line === is[at]) ? [] : ["~ the same rules in another order"];
}

/** Lines of `a` beyond those that `b` has too, each as often as it is missing. */
function without(a: readonly string[], b: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of b) left.set(line, (left.get(line) ?? 0) + 1);
  return a.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
