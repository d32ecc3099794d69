/** Tables that fit a terminal. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import { widestOf, widthOf } from "./text-width.ts";

/** A grid with a heading for each column; the first column names the rows. A cell is a list of words. */
export interface Grid {
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly (readonly string[])[] }[];
}

const GAP = "  ";
/** A column is not made wider than this for the sake of its words: they go below one another. */
const COMFORTABLE = 24;

/**
 * The grid as text. Where all columns do not fit into `width`, they are spread over several tables below one another, each
 * with the rows' names; words are never cut, as a name that is cut may be another's.
 */
export function gridText(grid: Grid, width = Number.POSITIVE_INFINITY): string {
  const names = [grid.corner, ...grid.rows.map(({ name }) => name)].map(printable);
  const first = widestOf(names);
  const columns = grid.columns.map((heading, index) =>
    column(
      heading,
      grid.rows.map(({ cells }) => cells[index] ?? []),
    ),
  );
  return bands(columns, width - first)
    .map((band) =>
      bandText([
        { heading: names[0] ?? "", cells: names.slice(1).map((name) => [name]), width: first },
        ...band,
      ]),
    )
    .join("\n");
}

interface Column {
  readonly heading: string;
  /** Per row, the lines of its cell. */
  readonly cells: readonly (readonly string[])[];
  readonly width: number;
}

function column(name: string, words: readonly (readonly string[])[]): Column {
  const heading = printable(name);
  const cells = words.map((cell) => wrapped(cell.map(printable)));
  return { heading, cells, width: widestOf([heading, ...cells.flat()]) };
}

/** Words joined by commas, in lines that are comfortable where the words allow it. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  words.forEach((word, index) => {
    const piece = index < words.length - 1 ? `${word},` : word;
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(piece) <= COMFORTABLE)
      lines[lines.length - 1] = `${last} ${piece}`;
    else lines.push(piece);
  });
  return lines;
}

/** As many columns a band as fit, and at least one. */
function bands(columns: readonly Column[], room: number): Column[][] {
  const result: Column[][] = [];
  let left = 0;
  for (const next of columns) {
    const needed = GAP.length + next.width;
    if (result.length === 0 || needed > left) {
      result.push([]);
      left = room;
    }
    result.at(-1)?.push(next);
    left -= needed;
  }
  return result.length === 0 ? [[]] : result;
}

function bandText(columns: readonly Column[]): string {
  const rows = columns[0]?.cells.length ?? 0;
  const lines = [line(columns, ({ heading }) => heading), line(columns, ({ width }) => "─".repeat(width))];
  for (let row = 0; row < rows; row++) {
    const height = Math.max(1, ...columns.map(({ cells }) => cells[row]?.length ?? 0));
    for (let at = 0; at < height; at++) lines.push(line(columns, ({ cells }) => cells[row]?.[at] ?? ""));
  }
  return `${lines.join("\n")}\n`;
}

function line(columns: readonly Column[], textOf: (column: Column) => string): string {
  return columns
    .map((column) => textOf(column) + " ".repeat(Math.max(0, column.width - widthOf(textOf(column)))))
    .join(GAP)
    .trimEnd();
}
