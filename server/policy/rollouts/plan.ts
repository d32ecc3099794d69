/** What is asked and refused before a version begins to come to the hosts, and in which waves it would come. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { StoredRollout } from "../../store/rollouts/rollout-store.ts";
import type { Estate } from "../estate.ts";
import type { Judging } from "../judging/thread.ts";
import type { Trials } from "../trials.ts";
import type { Versions } from "../versions.ts";
import { type PlannedWave, planWaves } from "./waves.ts";

export interface PlanParts {
  readonly estate: Estate;
  readonly versions: Versions;
  readonly trials: Pick<Trials, "current">;
  /** One for rollouts alone, so that nobody's long plan keeps a wave from being halted. */
  readonly judging: Judging;
}

export interface RolloutRequest {
  readonly version: number;
  /** `1`, `10%`, …; see `planWaves`. */
  readonly waves: readonly string[];
  /** How long a wave is watched before the next; the setting's where it is not said. */
  readonly holdSeconds?: number | undefined;
  readonly denials?: StoredRollout["denials"] | undefined;
}

export class RolloutPlan {
  readonly #parts: PlanParts;

  constructor(parts: PlanParts) {
    this.#parts = parts;
  }

  /** Throws what `baseFor` throws, `server/invalid-request`, `server/overloaded`. */
  async waves({
    version,
    waves,
  }: Pick<RolloutRequest, "version" | "waves">): Promise<readonly PlannedWave[]> {
    const { estate, versions, judging } = this.#parts;
    this.baseFor(version);
    // Refused before anything is computed.
    planWaves(waves, [], []);
    const { changing, others } = await judging.changing(estate.judgingTask(versions.files(version)));
    return planWaves(waves, this.#healthyFirst(changing), others);
  }

  /** The version that hosts go back to. Throws `server/no-version`, `server/rollout-impossible`. */
  baseFor(version: number): number {
    const { versions, trials } = this.#parts;
    versions.policy(version);
    const trial = trials.current();
    if (trial !== undefined)
      throw new BulkheadError(
        "server/rollout-impossible",
        `version ${trial.version} is on trial, and hosts may go back from it at any moment: confirm or end the trial first`,
      );
    const base = versions.activations()[0]?.policy;
    if (base === undefined)
      throw new BulkheadError(
        "server/rollout-impossible",
        `version ${version} would be the first policy of all: there is nothing that hosts could go back to`,
      );
    if (base === version)
      throw new BulkheadError("server/rollout-impossible", `version ${version} is the active one already`);
    return base;
  }

  /** A wave of hosts that are away proves nothing. */
  #healthyFirst(names: readonly string[]): readonly string[] {
    const { estate } = this.#parts;
    const well = new Set(
      estate.hosts().flatMap((host) => (estate.sync(host).state === "in-sync" ? [host.name] : [])),
    );
    return [...names.filter((name) => well.has(name)), ...names.filter((name) => !well.has(name))];
  }
}
