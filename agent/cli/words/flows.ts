/** Flows as a table that fits its terminal. */

import { basename } from "node:path";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { FlowLine } from "@bulkhead/shared/flow/flow-line.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { Paint, Style } from "@bulkhead/terminal/colour.ts";
import { momentText } from "./generation.ts";
import { bytesText } from "./quantities.ts";

const HEADINGS = ["last seen", "verdict", "here", "", "peer", "service", "conns", "bytes", "rule"] as const;
type Cells = readonly string[];

const VERDICT_AT = 1;
const NUMBERS_AT: readonly number[] = [6, 7];
/** Columns that give way where the terminal is narrow, those first that lose least by it; and how narrow they may become. */
const GIVING_WAY: readonly (readonly [at: number, least: number])[] = [
  [8, 12],
  [2, 12],
  [4, 16],
  [8, 4],
  [2, 6],
  [4, 8],
];
const GAP = 2;
const STYLES: Readonly<Record<Verdict, Style>> = { allow: "good", deny: "bad", "would-deny": "warning" };

export interface TableLook {
  readonly paint: Paint;
  /** The terminal's width; nothing is cut without one. */
  readonly columns: number | undefined;
  /** Today's flows are told without their day. */
  readonly now: number;
}

export function flowsTable(flows: readonly FlowLine[], look: TableLook): string {
  const today = dayOf(new Date(look.now).toISOString());
  const isToday = flows.every(({ end }) => dayOf(end) === today);
  const rows = flows.map((flow) => cellsOf(flow, isToday));
  const widths = fitting(
    HEADINGS.map((heading, at) => widest([heading, ...rows.map((row) => row[at] ?? "")])),
    look.columns,
  );
  const head = look.paint(
    "faint",
    lineText(HEADINGS, widths, (_at, text) => text),
  );
  const lines = rows.map((row, index) => {
    const style = STYLES[flows[index]?.verdict ?? "allow"];
    return lineText(row, widths, (at, text) => (at === VERDICT_AT ? look.paint(style, text) : text));
  });
  return [head, ...lines, ""].join("\n");
}

/** One flow by itself, as it comes: nothing is known of the widths of those to come. */
export function flowText(flow: FlowLine, { paint, now }: TableLook): string {
  const isToday = dayOf(flow.end) === dayOf(new Date(now).toISOString());
  const [time = "", verdict = "", here, arrow, peer, service, connections, bytes, rule] = cellsOf(
    flow,
    isToday,
  );
  const counted = `${connections}x, ${bytes}`;
  return `${time}  ${paint(STYLES[flow.verdict], verdict.padEnd(10))}  ${here} ${arrow} ${peer}  ${service}  ${counted}  ${rule}\n`;
}

function cellsOf(flow: FlowLine, isToday: boolean): Cells {
  const moment = momentText(flow.end);
  return [
    isToday ? moment.slice(11) : moment,
    flow.verdict,
    hereText(flow),
    flow.direction === "egress" ? "→" : "←",
    peerText(flow),
    flow.service,
    String(flow.connections),
    bytesText(flow.bytes),
    ruleText(flow),
  ].map(printable);
}

/** The best name that is known of the process. */
function hereText({ local: { unit, executable, user } }: FlowLine): string {
  if (unit !== undefined) return unit.replace(/\.service$/, "");
  return executable === undefined ? (user ?? "unknown") : basename(executable);
}

function peerText({ remote: { address, host, segment } }: FlowLine): string {
  if (segment === undefined) return host ?? address;
  return `${host ?? address} (${segment})`;
}

function ruleText({ rule, verdict }: FlowLine): string {
  if (rule === null) return verdict === "allow" ? "-" : "no rule allows it";
  const place = `${rule.file}:${rule.line}`;
  return rule.name === place ? place : `${rule.name} (${place})`;
}

function dayOf(iso: string): string {
  return momentText(iso).slice(0, 10);
}

function fitting(natural: readonly number[], columns: number | undefined): readonly number[] {
  if (columns === undefined) return natural;
  const widths = [...natural];
  for (const [at, least] of GIVING_WAY) {
    const tooMuch = widths.reduce((sum, width) => sum + width + GAP, -GAP) - columns;
    const width = widths[at] ?? 0;
    if (tooMuch > 0) widths[at] = Math.max(Math.min(least, width), width - tooMuch);
  }
  return widths;
}

function lineText(
  cells: Cells,
  widths: readonly number[],
  painted: (at: number, text: string) => string,
): string {
  return cells
    .map((cell, at) => {
      const width = widths[at] ?? 0;
      const text = cell.length > width ? `${cell.slice(0, Math.max(0, width - 1))}…` : cell;
      const room = " ".repeat(Math.max(0, width - text.length));
      return NUMBERS_AT.includes(at) ? room + painted(at, text) : painted(at, text) + room;
    })
    .join(" ".repeat(GAP))
    .trimEnd();
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
