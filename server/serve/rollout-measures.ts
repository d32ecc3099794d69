/** What is measured of rollouts, for Prometheus, and what of them is to be looked at. */

import type { HaltedRollout } from "../alerts/conditions.ts";
import type { Measure } from "../http/metrics.ts";
import type { RolloutState, RolloutStore } from "../store/rollouts/rollout-store.ts";

/** The rollout that stands halted. One that was taken back is over. */
export function haltedRollout(rollouts: RolloutStore): HaltedRollout | undefined {
  const underway = rollouts.underway();
  if (underway?.state !== "halted") return undefined;
  const { number, version, wave, waves, why = "it was not said" } = underway;
  return { rollout: number, version: String(version), wave: wave + 1, of: waves.length, why };
}

const UNDERWAY: readonly RolloutState[] = ["running", "paused", "halted"];

export function rolloutMeasures(rollouts: RolloutStore): readonly Measure[] {
  return [
    {
      name: "bulkhead_server_rollout_state",
      type: "gauge",
      help: "1 for the state of the rollout that is under way; 0 for all where none is.",
      labels: ["state"],
      read: () => {
        const now = rollouts.underway()?.state;
        return UNDERWAY.map((state) => ({ labels: { state }, value: state === now ? 1 : 0 }));
      },
    },
    {
      name: "bulkhead_server_rollout_wave",
      type: "gauge",
      help: "The wave that the rollout under way is in, from 1; 0 where none is.",
      read: () => {
        const underway = rollouts.underway();
        return [{ value: underway === undefined ? 0 : underway.wave + 1 }];
      },
    },
    {
      name: "bulkhead_server_rollout_waves",
      type: "gauge",
      help: "How many waves the rollout under way has; 0 where none is.",
      read: () => [{ value: rollouts.underway()?.waves.length ?? 0 }],
    },
    {
      name: "bulkhead_server_rollout_hosts",
      type: "gauge",
      help: "Hosts of the rollout under way, by whether they were moved to its version.",
      labels: ["moved"],
      read: () => {
        const underway = rollouts.underway();
        const hosts = underway === undefined ? [] : rollouts.hosts(underway.number);
        const moved = hosts.filter(({ movedAt }) => movedAt !== undefined).length;
        return [
          { labels: { moved: "true" }, value: moved },
          { labels: { moved: "false" }, value: hosts.length - moved },
        ];
      },
    },
    {
      name: "bulkhead_server_rollouts_total",
      type: "counter",
      help: "Rollouts that are over, by how they ended.",
      labels: ["state"],
      read: () => rollouts.ended().map(({ state, count }) => ({ labels: { state }, value: count })),
    },
  ];
}
