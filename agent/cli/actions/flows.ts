import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { FlowLine } from "@bulkhead/shared/flow/flow-line.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type FlowQuestion, MOST_LINES } from "../../control/flow-question.ts";
import { formatDuration } from "../duration.ts";
import { findFlows, followFlows } from "../flow-reader.ts";
import { frame, LiveFlows, SCREEN } from "../live-table.ts";
import { warn } from "../report.ts";
import { listenForSignals } from "../signals.ts";
import type { SocketOptions } from "../socket.ts";
import { flowsTable, flowText, type TableLook } from "../words/flows.ts";
import { lossesText } from "../words/losses.ts";

export interface FlowsOptions extends SocketOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly follow: boolean;
  readonly denied: boolean;
  /** Seconds. */
  readonly since: number | undefined;
  readonly unit: string | undefined;
  readonly peer: string | undefined;
  readonly direction: Direction | undefined;
  readonly limit: number | undefined;
}

const DEFAULT_SECONDS = 3600;
const DEFAULT_LIMIT = 100;
const REDRAW_MILLISECONDS = 1_000;

export async function showFlows(options: FlowsOptions, terminal: Terminal): Promise<ExitCode> {
  if (!options.follow) await showPast(options, terminal);
  else if (!options.json && terminal.out.isTerminal) await showLive(options, terminal);
  else await showStream(options, terminal);
  return 0;
}

function questionOf(options: FlowsOptions, seconds: number, most: number): FlowQuestion {
  const { denied, unit, peer, direction } = options;
  return {
    since: Date.now() - seconds * 1000,
    most,
    ...(denied ? { verdicts: ["deny", "would-deny"] as const } : {}),
    ...(unit === undefined ? {} : { unit }),
    ...(peer === undefined ? {} : { peer }),
    ...(direction === undefined ? {} : { direction }),
  };
}

async function showPast(options: FlowsOptions, terminal: Terminal): Promise<void> {
  const { out, err } = terminal;
  const seconds = options.since ?? DEFAULT_SECONDS;
  const limit = options.limit ?? (options.json ? MOST_LINES - 1 : DEFAULT_LIMIT);
  // One more than is shown, to know whether there are more.
  const { flows, losses, note } = await findFlows(options, questionOf(options, seconds, limit + 1));
  if (note !== undefined && !options.quiet) await warn(terminal, [note]);
  const shown = flows.slice(0, limit);
  if (options.json) await out.write(jsonLines(shown));
  else await out.write(pastText(shown, seconds, look(terminal)));
  if (options.quiet) return;
  if (flows.length > shown.length)
    await err.write(`only the latest ${limit} are shown; --limit shows more\n`);
  await (options.json ? err : out).write(lossesText(losses, (options.json ? err : out).paint));
}

function pastText(flows: readonly FlowLine[], seconds: number, look: TableLook): string {
  return flows.length === 0
    ? `nothing like this was seen in the last ${formatDuration(seconds)}\n`
    : flowsTable(flows, look);
}

/** Lines as they come, after those of the time asked for. */
async function showStream(options: FlowsOptions, terminal: Terminal): Promise<void> {
  const { out } = terminal;
  using signals = listenForSignals();
  const say = async (flow: FlowLine) =>
    out.write(options.json ? jsonLines([flow]) : flowText(flow, look(terminal)));
  for (const flow of await pastOf(options)) await say(flow);
  for await (const flow of followFlows(options, questionOf(options, 0, MOST_LINES), signals.signal)) {
    await say(flow);
    if (out.closed) return;
  }
}

/** A table on the terminal's other screen, once a second where something happened. */
async function showLive(options: FlowsOptions, terminal: Terminal): Promise<void> {
  const { out } = terminal;
  using signals = listenForSignals();
  const live = new LiveFlows();
  for (const flow of await pastOf(options)) live.add(flow);
  const lines = followFlows(options, questionOf(options, 0, MOST_LINES), signals.signal);
  const draw = () => {
    const rows = out.rows ?? 24;
    const heading = `${live.count} kinds of flows; Ctrl-C leaves`;
    const table = flowsTable(live.latest(Math.max(1, rows - 3)), look(terminal));
    void out.write(frame(`${out.paint("strong", heading)}\n${table}`, rows)).catch(() => {});
  };
  await out.write(SCREEN.enter);
  const redraw = setInterval(draw, REDRAW_MILLISECONDS);
  try {
    draw();
    for await (const flow of lines) live.add(flow);
  } finally {
    clearInterval(redraw);
    await out.write(SCREEN.leave);
  }
}

/** Oldest first, as they would have come. */
async function pastOf(options: FlowsOptions): Promise<readonly FlowLine[]> {
  if (options.since === undefined) return [];
  const question = questionOf(options, options.since, options.limit ?? DEFAULT_LIMIT);
  return (await findFlows(options, question)).flows.toReversed();
}

function look({ out }: Terminal): TableLook {
  return { paint: out.paint, columns: out.columns, now: Date.now() };
}

function jsonLines(flows: readonly FlowLine[]): string {
  return flows.map((flow) => `${JSON.stringify(flow)}\n`).join("");
}
