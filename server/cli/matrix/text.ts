/** The matrix for people: what the policy allows, with a mark where more than that gets through today. */

import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import type { Matrix, MatrixEntry } from "@bulkhead/shared/rules/matrix.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import { gridText } from "../table.ts";

export interface Shown {
  readonly policy: Policy;
  /** What gets through. */
  readonly real: Matrix;
  /** What would get through if every host enforced. */
  readonly said: Matrix;
}

const SOME = "*";
const NARROWED = "+";
const OPEN = "[open]";
const UNJUDGED = "·";

/** What the marks mean; shown where they are used. */
const LEGEND = [
  [SOME, "only some members may, or only to some"],
  [NARROWED, "only named units or accounts may"],
  [OPEN, "more gets through, as hosts there only observe or are off"],
  [UNJUDGED, "nobody judges it: neither end is a managed host"],
] as const;

export function matrixText(
  { policy, real, said }: Shown,
  { columns, paint }: { readonly columns: number | undefined; readonly paint: Paint },
): string {
  const { ends } = real;
  const find = (matrix: Matrix) => new Map(matrix.entries.map((entry) => [keyOf(entry), entry]));
  const [reals, saids] = [find(real), find(said)];
  const rows = ends.map((from) => ({
    name: from,
    cells: ends.map((to) => {
      const key = keyOf({ from, to });
      const unmanaged = isUnmanaged(from, policy) && isUnmanaged(to, policy);
      return cell({ unmanaged, real: reals.get(key), said: saids.get(key) });
    }),
  }));
  const table = gridText({ corner: "from \\ to", columns: ends, rows }, columns);
  const words = rows.flatMap(({ cells }) => cells.flat());
  const legend = LEGEND.filter(([mark]) => words.some((word) => word.endsWith(mark)));
  if (legend.length === 0) return table;
  return `${table}\n${legend.map(([mark, meaning]) => paint("faint", `${mark.padEnd(6)}  ${meaning}`)).join("\n")}\n`;
}

function keyOf({ from, to }: Pick<MatrixEntry, "from" | "to">): string {
  return JSON.stringify([from, to]);
}

interface Entries {
  /** Whether no host needs to be at either end. */
  readonly unmanaged: boolean;
  readonly real: MatrixEntry | undefined;
  readonly said: MatrixEntry | undefined;
}

function cell({ unmanaged, real, said }: Entries): readonly string[] {
  if (real === undefined) return unmanaged ? [UNJUDGED] : [];
  const allowed = said === undefined ? [] : wordsOf(said);
  const isOpen = said === undefined || wordsOf(real).join() !== allowed.join();
  return isOpen ? [...allowed, OPEN] : allowed;
}

function wordsOf({ all, some, narrowed }: MatrixEntry): string[] {
  return [...pieces(all), ...pieces(narrowed, NARROWED), ...pieces(some, SOME)];
}

/** `all except a, b` may be long: it is broken where a list may be. */
function pieces(words: readonly string[], mark = ""): string[] {
  return words.flatMap((word) => word.split(", ")).map((word) => `${word}${mark}`);
}

function isUnmanaged(end: string, { segments }: Policy): boolean {
  return segments.get(end)?.kind !== "select";
}
