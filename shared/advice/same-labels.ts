/** Labels that both ends of all conversations between two segments carry with equal values. */

import { type Labels, labelOf } from "../policy/labels.ts";

/** A rule with more of them is hard to read, and says little more. */
const MOST = 2;
/** Labels whose values are a matter of each host. */
const OWN: ReadonlySet<string> = new Set(["host"]);

/** Sorted; only those that had several values, as a single one shows nothing. */
export function commonValues(
  pairs: readonly { readonly from: Labels; readonly to: Labels }[],
): readonly string[] {
  const [first] = pairs;
  if (first === undefined) return [];
  return Object.keys(first.from)
    .filter((label) => !OWN.has(label))
    .filter((label) =>
      pairs.every(
        ({ from, to }) => labelOf(from, label) !== undefined && labelOf(from, label) === labelOf(to, label),
      ),
    )
    .filter((label) => new Set(pairs.map(({ from }) => labelOf(from, label))).size > 1)
    .sort()
    .slice(0, MOST);
}
