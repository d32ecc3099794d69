/** A table that is drawn again as things happen, on the terminal's other screen: what was there before is back at the end. */

import type { FlowLine } from "@bulkhead/shared/flow/flow-line.ts";

/** As many different flows as are remembered; the ones that were seen longest ago go. */
const MOST = 1_000;

export class LiveFlows {
  readonly #flows = new Map<string, FlowLine>();

  /** Adds to what is known of the same flows. */
  add(line: FlowLine): void {
    const key = keyOf(line);
    const before = this.#flows.get(key);
    // The latest stand last.
    this.#flows.delete(key);
    this.#flows.set(key, before === undefined ? line : joined(before, line));
    if (this.#flows.size > MOST) this.#flows.delete(this.#flows.keys().next().value ?? "");
  }

  /** Newest first. */
  latest(most: number): readonly FlowLine[] {
    return [...this.#flows.values()].reverse().slice(0, most);
  }

  get count(): number {
    return this.#flows.size;
  }
}

function keyOf({ direction, verdict, local, remote, service, rule }: FlowLine): string {
  const { pid: _latest, ...who } = local;
  return JSON.stringify([direction, verdict, who, remote, service, rule]);
}

function joined(a: FlowLine, b: FlowLine): FlowLine {
  const [start = a.start] = [a.start, b.start].sort();
  return {
    ...b,
    start,
    connections: a.connections + b.connections,
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
  };
}

/** Control sequences of xterm and all that follow it (DECSET 1049, 25; CUP; ED; EL). */
export const SCREEN = {
  enter: "\x1b[?1049h\x1b[?25l",
  leave: "\x1b[?25h\x1b[?1049l",
} as const;

/** The screen's whole content, drawn over what is there: nothing flickers. */
export function frame(text: string, rows: number): string {
  const lines = text.split("\n").slice(0, rows);
  return `\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`;
}
