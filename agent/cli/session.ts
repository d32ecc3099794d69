/** What stands around every operation: the lock, the state directory, the kernel, the signals. */

import { rmdirSync } from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type Agent, interruptible, stepsUntil } from "../apply/agent.ts";
import { namespaceLock, takeLock } from "../apply/lock.ts";
import { look, recover } from "../apply/recover.ts";
import type { NamedCut } from "../apply/sessions.ts";
import type { Situation } from "../apply/settle.ts";
import { isWritable, prepareStateDirectory } from "../apply/state-directory.ts";
import { StateStore } from "../apply/state-store.ts";
import { processRoom } from "../kernel/host/processes.ts";
import { realKernel } from "../kernel/real.ts";
import { listenForSignals } from "./signals.ts";

export interface SessionOptions {
  readonly "state-dir": string;
  readonly as: string | undefined;
}

export interface ChangeOptions extends SessionOptions {
  readonly "lock-wait": number;
}

export interface Changing {
  /** As others are told who has the lock. */
  readonly command: string;
  /** Asked before connections are cut; without it they may be. */
  readonly approve?: (cuts: readonly NamedCut[]) => Promise<boolean>;
  /** Whether the state directory goes as well, if nothing is left in it. */
  readonly removesState?: boolean;
}

/** Does a change, alone on this host. */
export async function changing<T>(
  options: ChangeOptions,
  { command, approve, removesState }: Changing,
  work: (agent: Agent) => Promise<T>,
): Promise<T> {
  const directory = options["state-dir"];
  using signals = listenForSignals();
  const { signal } = signals;
  const agent: Agent = { ...agentIn(directory), ...(approve && { approve }), step: stepsUntil(signal) };
  await interruptible(signal, () => agent.kernel.nft.assertUsable());
  prepareStateDirectory(directory);
  const waitMilliseconds = options["lock-wait"] * 1000;
  const lock = await takeLock({ files: lockFiles(directory), command, waitMilliseconds, signal });
  try {
    if (options.as !== undefined && command !== "apply") assertHost(options.as, await look(agent));
    const result = await work(agent);
    if (removesState === true) {
      lock.remove();
      removeIfEmpty(directory);
    }
    return result;
  } finally {
    lock.release();
  }
}

/** Looks, without waiting for anybody. Puts in order what was left undone, if nobody else is at work. */
export async function looking<T>(
  options: SessionOptions,
  work: (situation: Situation, agent: Agent) => Promise<T>,
): Promise<T> {
  const directory = options["state-dir"];
  const agent = agentIn(directory);
  const seen = await look(agent);
  const situation =
    seen.repair !== undefined && isWritable(directory) ? await orderly(seen, directory, agent) : seen;
  if (options.as !== undefined) assertHost(options.as, situation);
  return work(situation, agent);
}

async function orderly(seen: Situation, directory: string, agent: Agent): Promise<Situation> {
  try {
    const lock = await takeLock({ files: lockFiles(directory), command: "status", waitMilliseconds: 0 });
    try {
      return await recover(agent);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (!(error instanceof BulkheadError) || error.code !== "apply/locked") throw error;
    // What looks unfinished is being done.
    return {
      ...seen,
      repair: undefined,
      notes: [error, ...seen.notes.filter(({ code }) => code !== "apply/recovered")],
    };
  }
}

function agentIn(directory: string): Agent {
  return {
    kernel: realKernel(),
    processes: processRoom(),
    store: new StateStore(directory),
    now: Date.now,
    approve: async () => true,
    step: async (_step, work) => work(),
  };
}

function lockFiles(directory: string): readonly string[] {
  const shared = namespaceLock();
  return [join(directory, "lock"), ...(shared === undefined ? [] : [shared])];
}

/** Commands that read no policy take `--as` for what the state should say. */
function assertHost(as: string, { trial, held, current }: Situation): void {
  const host = (trial?.generation ?? held ?? current)?.policy.host;
  if (host !== undefined && host !== as)
    throw new BulkheadError(
      "command/unknown-host",
      `the policy on this host is that of '${host}', not of '${as}'`,
      {
        remedy: "Leave --as out, or name the state directory of the other host with --state-dir.",
      },
    );
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Somebody else's files are in it, or it is a mount point.
  }
}
