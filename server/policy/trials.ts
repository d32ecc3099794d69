/**
 * A version in force on trial: it goes back by itself unless somebody confirms it in time. Whether it goes back does not depend on this server: every host keeps the version on
 * probation for that time, and its kernel's own clock ends it. The server follows: it makes the version before active again, also where the end came while it was away.
 */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { WIRE } from "@bulkhead/shared/protocol/limits.ts";
import type { StoredTrial, TrialOutcome, TrialStore } from "../store/estate/trial-store.ts";
import type { Actor } from "./approvals.ts";
import type { Estate } from "./estate.ts";
import type { Provisioning } from "./provisioning.ts";
import type { Versions } from "./versions.ts";

export interface TrialsParts {
  readonly store: TrialStore;
  readonly estate: Estate;
  readonly versions: Versions;
  readonly provisioning: Provisioning;
  readonly now: () => number;
  readonly note: (event: {
    readonly kind: string;
    readonly who: string;
    readonly about: string;
    readonly facts: Readonly<Record<string, unknown>>;
  }) => void;
}

const TICK = 500;
/** As events name who did what nobody did. */
const SERVER = "server";

export class Trials implements Disposable {
  readonly #parts: TrialsParts;
  readonly #ticking: NodeJS.Timeout;

  /** Before any host is connected: a trial that was under way goes on, one that is over is ended. */
  constructor(parts: TrialsParts) {
    this.#parts = parts;
    const open = this.current();
    if (open !== undefined) parts.estate.distribution.setTrial(() => this.#secondsLeft(open));
    this.tick();
    this.#ticking = setInterval(() => this.tick(), TICK);
  }

  /** The one that is under way. */
  current(): StoredTrial | undefined {
    const open = this.#parts.store.open();
    if (open === undefined || open.revision === this.#parts.versions.revision()) return open;
    this.#close(open, "superseded", SERVER);
    return undefined;
  }

  /**
   * Puts a version in force for so many seconds. Throws `server/no-version`, `server/trial-impossible` where there is no other version to go back to, and what provisioning
   * throws.
   */
  async begin(version: number, seconds: number, actor: Actor): Promise<StoredTrial> {
    const { estate, versions, provisioning, store, now } = this.#parts;
    const { name: who } = actor;
    const { needed, by } = await provisioning.assertReady(version, actor);
    const before = this.current()?.before ?? versions.active()?.version;
    if (before === undefined || before === version) throw impossible(version, before);
    const beganAt = now();
    const endsAt = beganAt + seconds * 1000;
    const trial = { version, before, by: who, beganAt, endsAt };
    const stored = store.together(() => {
      const open = this.current();
      if (open !== undefined) this.#close(open, "superseded", who);
      const revision = estate.provision(version, who, "provision", () => this.#secondsLeft(trial));
      store.add({ ...trial, revision });
      return { ...trial, revision };
    });
    this.#note("trial-begun", who, stored);
    if (needed > 0)
      this.#parts.note({ kind: "policy-approvals-met", who, about: String(version), facts: { needed, by } });
    return stored;
  }

  /** Keeps the version for good. Throws `server/no-trial`. */
  confirm(who: string): StoredTrial {
    const trial = this.#underway();
    this.#close(trial, "confirmed", who);
    this.#parts.estate.distribution.endTrial();
    this.#note("trial-confirmed", who, trial);
    return trial;
  }

  /** Goes back now. Throws `server/no-trial`. */
  end(who: string): StoredTrial {
    const trial = this.#underway();
    this.#goBack(trial, "ended", who);
    return trial;
  }

  /** Goes back where the time is over. */
  tick(): void {
    const open = this.current();
    if (open !== undefined && this.#parts.now() >= open.endsAt) this.#goBack(open, "lapsed", SERVER);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticking);
  }

  #goBack(trial: StoredTrial, outcome: TrialOutcome, who: string): void {
    const { store, estate } = this.#parts;
    store.together(() => {
      this.#close(trial, outcome, who);
      estate.provision(trial.before, who, "rollback");
    });
    this.#note(`trial-${outcome}`, who, trial);
  }

  #underway(): StoredTrial {
    this.tick();
    const open = this.current();
    if (open === undefined)
      throw new BulkheadError("server/no-trial", "no version of the policy is on trial now");
    return open;
  }

  #secondsLeft({ endsAt }: Pick<StoredTrial, "endsAt">): number {
    const left = Math.ceil((endsAt - this.#parts.now()) / 1000);
    return Math.min(WIRE.mostTrialSeconds, Math.max(1, left));
  }

  #close({ revision }: StoredTrial, outcome: TrialOutcome, who: string): void {
    this.#parts.store.close(revision, outcome, { who, at: this.#parts.now() });
  }

  #note(kind: string, who: string, { version, before, endsAt }: StoredTrial): void {
    this.#parts.note({ kind, who, about: String(version), facts: { before, endsAt } });
  }
}

function impossible(version: number, before: number | undefined): BulkheadError {
  const why =
    before === undefined
      ? "no version of the policy is active that it could go back to"
      : `version ${version} is the active one already`;
  return new BulkheadError("server/trial-impossible", why);
}
