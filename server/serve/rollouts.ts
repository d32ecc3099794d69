/** Rollouts in the running server: with a thread of their own, and looked at every second. */

import type { Logger } from "pino";
import type { EventFeed } from "../http/event-feed.ts";
import { Judging } from "../policy/judging/thread.ts";
import { type RolloutParts, Rollouts } from "../policy/rollouts/rollouts.ts";

const TICK = 1_000;

export interface RunningRolloutParts extends Omit<RolloutParts, "judging" | "steady" | "progress" | "warn"> {
  readonly feed: EventFeed;
  readonly log: Logger;
}

export interface RunningRollouts extends AsyncDisposable {
  readonly rollouts: Rollouts;
}

export function runRollouts({ feed, log, ...parts }: RunningRolloutParts): RunningRollouts {
  const judging = new Judging();
  const rollouts = new Rollouts({
    ...parts,
    judging,
    steady: () => performance.now(),
    progress: ({ number, version, wave }) =>
      feed.publish({
        ...{ kind: "rollout-progress", at: parts.now(), who: "server", about: String(version) },
        facts: { rollout: number, wave: wave + 1 },
      }),
    warn: (words, error) => log.warn({ code: "rollout", error: String(error) }, words),
  });
  const ticking = setInterval(() => void rollouts.tick(), TICK);
  return {
    rollouts,
    [Symbol.asyncDispose]: async () => {
      clearInterval(ticking);
      rollouts[Symbol.dispose]();
      await judging[Symbol.asyncDispose]();
    },
  };
}
