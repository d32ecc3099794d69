/** What a version that is on its way is held to, over the estate as it is at this moment: the version before it, and its own invariants. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { RolloutFinding, StoredRollout } from "../../store/rollouts/rollout-store.ts";
import type { Estate } from "../estate.ts";
import type { NewDenial, ReportedDenial } from "../judging/denied-before.ts";
import type { Judging } from "../judging/thread.ts";
import type { Provisioning } from "../provisioning.ts";
import type { Versions } from "../versions.ts";

export interface JudgementParts {
  readonly estate: Estate;
  readonly versions: Versions;
  readonly provisioning: Pick<Provisioning, "assertHolds">;
  readonly judging: Judging;
  readonly flowsPath: string;
  readonly now: () => number;
}

export class RolloutJudgement {
  readonly #parts: JudgementParts;
  readonly #rollout: Pick<StoredRollout, "version" | "base">;

  constructor(rollout: Pick<StoredRollout, "version" | "base">, parts: JudgementParts) {
    this.#rollout = rollout;
    this.#parts = parts;
  }

  /** Those of the denials that the version before would have let through. Throws what `Judging` throws. */
  denied(denials: readonly ReportedDenial[]): Promise<readonly NewDenial[]> {
    const { judging, estate, versions, flowsPath } = this.#parts;
    const { version, base } = this.#rollout;
    const since = versions.activations().find(({ policy }) => policy === base)?.at ?? 0;
    const task = estate.judgingTask(versions.files(version));
    return judging.denials({ ...task, denials, flows: { path: flowsPath, since } });
  }

  /** Which invariant of its own it breaks by now, as the estate has moved since it was proved last; undefined where all hold. */
  async broken(): Promise<RolloutFinding | undefined> {
    const { provisioning, now } = this.#parts;
    try {
      await provisioning.assertHolds(this.#rollout.version);
      return undefined;
    } catch (error) {
      if (!(error instanceof BulkheadError) || error.code !== "server/invariant-broken") throw error;
      const words = `by now it breaks an invariant of its own: ${error.message}`;
      return { kind: "invalid", host: null, words, at: now() };
    }
  }
}
