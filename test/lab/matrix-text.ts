/** The matrix that the policy promises beside the measured one: a letter for each service that gets through. */

import type { Paint } from "@bulkhead/terminal/colour.ts";
import { isMismatch, passed, type Result, senderName } from "./attempts.ts";
import type { Population, Resident, Sender } from "./population.ts";
import type { LabService } from "./services.ts";

export interface MatrixStyle {
  readonly paint: Paint;
  /** Where both matrices do not fit beside one another, they stand below one another. */
  readonly columns: number;
}

const GAP = "   ";

/** What each letter means, in lines. */
export function legend(services: readonly LabService[], { paint, columns }: MatrixStyle): string[] {
  const entries = services.map(({ letter, name, probes }) => {
    const what = probes.map(({ service }) => (service === "icmp" ? "icmp echo" : service)).join(", ");
    const rest = what === name ? name : `${name} (${what})`;
    return { width: 2 + rest.length, text: `${paint("strong", letter)} ${rest}` };
  });
  const lines: { width: number; text: string }[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    if (last === undefined || last.width + entry.width + 6 > columns) lines.push(entry);
    else
      lines[lines.length - 1] = { width: last.width + 3 + entry.width, text: `${last.text}   ${entry.text}` };
  }
  return lines.map(({ text }) => text);
}

/** Both matrices, in lines. A small letter: over one family only, or a part of the service. */
export function matrixLines(
  population: Population,
  results: readonly Result[],
  style: MatrixStyle,
): string[] {
  const labels = [CORNER, ...population.senders.map(rowLabel)];
  const width = Math.max(...labels.map(({ length }) => length));
  const left = labels.map((label) => `${label.padEnd(width)}${GAP}`);
  const promised = sideLines("promised", population, results, style);
  const measured = sideLines("measured", population, results, style);
  const beside = width + 2 * GAP.length + promised.width + measured.width <= style.columns;
  const margin = [" ".repeat(width + GAP.length), ...left];
  const join = (...sides: readonly (readonly string[])[]) =>
    margin.map((label, at) => label + sides.map((side) => side[at] ?? "").join(GAP));
  return beside
    ? join(promised.lines, measured.lines)
    : [...join(promised.lines), "", ...join(measured.lines)];
}

/** One matrix without the rows' names: a title, a heading, and a row for each sender, all of one width. */
function sideLines(
  side: Side,
  { senders, receivers, services }: Population,
  results: readonly Result[],
  { paint }: MatrixStyle,
): { readonly width: number; readonly lines: readonly string[] } {
  const widths = receivers.map(({ name }) => Math.max(name.length, services.length) + 1);
  const columns = widths.reduce((sum, column) => sum + column, 0);
  const width = Math.max(columns, TITLES[side].length);
  const rest = " ".repeat(width - columns);
  const cells = new Cells(services, results, paint);
  const heads = receivers.map(({ name }, at) => name.padEnd(widths[at] ?? 0)).join("");
  const rows = senders.map((sender) =>
    receivers.map((receiver, at) => cells.text(sender, receiver, side, widths[at] ?? 0)).join(""),
  );
  const title = paint("strong", TITLES[side].padEnd(width));
  return { width, lines: [title, heads + rest, ...rows.map((row) => row + rest)] };
}

type Side = "promised" | "measured";

const CORNER = "from \\ to";
const TITLES: Readonly<Record<Side, string>> = {
  promised: "promised by the policy",
  measured: "measured with real connections",
};

function rowLabel({ resident, unit }: Sender): string {
  return unit === undefined ? resident.name : `  ${unit}`;
}

class Cells {
  readonly #services: readonly LabService[];
  readonly #paint: Paint;
  readonly #results = new Map<string, Result[]>();

  constructor(services: readonly LabService[], results: readonly Result[], paint: Paint) {
    this.#services = services;
    this.#paint = paint;
    for (const result of results) {
      const { from, to, service } = result.attempt;
      const key = keyOf(from, to, service);
      this.#results.set(key, [...(this.#results.get(key) ?? []), result]);
    }
  }

  text(from: Sender, to: Resident, side: Side, width: number): string {
    if (from.resident === to) return this.#paint("faint", "–".padEnd(width));
    const letters = this.#services.map((service) =>
      this.#letter(this.#results.get(keyOf(from, to, service)) ?? [], service, side),
    );
    return letters.join("") + " ".repeat(width - letters.length);
  }

  #letter(results: readonly Result[], service: LabService, side: Side): string {
    const through = results.filter((result) =>
      side === "promised" ? result.promised.passes : passed(result),
    ).length;
    const letter = through === results.length ? service.letter : service.letter.toLowerCase();
    const shown = through === 0 ? "·" : letter;
    if (side === "measured" && results.some(isMismatch))
      return this.#paint("bad", through === 0 ? "!" : shown);
    return this.#paint(through === 0 ? "faint" : "good", shown);
  }
}

function keyOf(from: Sender, to: Resident, service: LabService): string {
  return `${senderName(from)}\n${to.name}\n${service.letter}`;
}
