/** The matrix that the policy promises beside the measured one: a letter for each service that gets through. */

import type { Paint } from "../../server/cli/colour.ts";
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
  const { senders, receivers } = population;
  const label = Math.max(9, ...senders.map((sender) => rowLabel(sender).length));
  const widths = receivers.map(({ name }) => Math.max(name.length, population.services.length) + 1);
  const width = widths.reduce((sum, column) => sum + column, 0);
  const cells = new Cells(population, results, style.paint);
  const heads = receivers.map(({ name }, at) => name.padEnd(widths[at] ?? 0)).join("");
  const row = (sender: Sender, side: Side) =>
    receivers.map((receiver, at) => cells.text(sender, receiver, side, widths[at] ?? 0)).join("");
  const rows = (side: Side) =>
    senders.map((sender) => `${rowLabel(sender).padEnd(label)}${GAP}${row(sender, side)}`);
  const title = (text: string) => style.paint("strong", text.padEnd(width));
  const corner = "from \\ to".padEnd(label);
  if (label + 2 * (GAP.length + width) <= style.columns)
    return [
      `${" ".repeat(label)}${GAP}${title("promised by the policy")}${GAP}${title("measured with real connections")}`,
      `${corner}${GAP}${heads}${GAP}${heads}`,
      ...senders.map(
        (sender) =>
          `${rowLabel(sender).padEnd(label)}${GAP}${row(sender, "promised")}${GAP}${row(sender, "measured")}`,
      ),
    ];
  return (["promised", "measured"] as const).flatMap((side) => [
    `${" ".repeat(label)}${GAP}${title(side === "promised" ? "promised by the policy" : "measured with real connections")}`,
    `${corner}${GAP}${heads}`,
    ...rows(side),
    "",
  ]);
}

type Side = "promised" | "measured";

function rowLabel({ resident, unit }: Sender): string {
  return unit === undefined ? resident.name : `  ${unit}`;
}

class Cells {
  readonly #services: readonly LabService[];
  readonly #paint: Paint;
  readonly #results = new Map<string, Result[]>();

  constructor(population: Population, results: readonly Result[], paint: Paint) {
    this.#services = population.services;
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
