/** The daemon's own answers, over its socket. */

import { setTimeout as pause } from "node:timers/promises";
import { controlClient } from "../../agent/control/control-client.ts";
import type { DaemonStatus } from "../../agent/control/daemon-status.ts";
import type { FlowLine } from "../../shared/flow/flow-line.ts";
import type { Loss } from "../../shared/flow/record.ts";
import type { Daemon } from "./daemon.ts";

/** Milliseconds between two questions, so that the asking is not what keeps the daemon busy. */
const PAUSE = 50;

export function statusOf({ host }: Daemon): Promise<DaemonStatus> {
  return controlClient(`${host.scratch}/state/agent.sock`).get<DaemonStatus>("/v1/status");
}

/** Asks until it says so. */
export async function untilStatus(
  daemon: Daemon,
  says: (status: DaemonStatus) => boolean,
): Promise<DaemonStatus> {
  for (;;) {
    const status = await statusOf(daemon);
    if (says(status)) return status;
    await pause(PAUSE);
  }
}

/** What `flows --json` prints, whether the daemon runs or not. */
export async function flowsOf(daemon: Daemon): Promise<readonly FlowLine[]> {
  const { code, stdout, stderr } = await daemon.ask("flows", "--json", "--quiet");
  if (code !== 0) throw new Error(`flows failed (${code}): ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** How much of these kinds is known to be lost. */
export function lostOf(losses: readonly Loss[], ...kinds: readonly Loss["what"][]): number {
  return losses.filter(({ what }) => kinds.includes(what)).reduce((sum, { count = 0 }) => sum + count, 0);
}
