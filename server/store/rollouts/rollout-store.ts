/** Rollouts: the one that is under way, those that are over, and which hosts have come to follow what. */

import type { Database } from "../database.ts";

/**
 * `halted`: it stands where it is until an operator decides. `rolled-back`: all hosts follow again what they did before. `done`: its version is the active one.
 */
export type RolloutState = "running" | "paused" | "halted" | "rolled-back" | "done";

export interface RolloutWave {
  /** As it was asked for: `1`, `10%`. */
  readonly asked: string;
  /** How many hosts are in it, by the plan. */
  readonly hosts: number;
  readonly startedAt?: number;
  /** When all of its hosts that were well enforced the version. */
  readonly settledAt?: number;
}

/** What went wrong. */
export interface RolloutFinding {
  /**
   * `denied`: a connection that was allowed before; `fell-back`: probation failed; `silent`; `not-enforcing`; `invalid`: the version breaks an invariant on the hosts that
   * there are by now; `restored`: hosts know more of the rollout than this server.
   */
  readonly kind: "denied" | "fell-back" | "silent" | "not-enforcing" | "invalid" | "restored";
  /** Null where it is about no single host. */
  readonly host: string | null;
  readonly words: string;
  readonly at: number;
}

export interface StoredRollout {
  readonly number: number;
  readonly version: number;
  readonly base: number;
  readonly revision: number;
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly state: RolloutState;
  /** Why it is not running any more, in words. */
  readonly why: string | undefined;
  readonly waves: readonly RolloutWave[];
  readonly wave: number;
  readonly holdSeconds: number;
  /** Whether connections that were allowed and are denied now halt it, or are told only. */
  readonly denials: "halt" | "report";
  readonly findings: readonly RolloutFinding[];
}

export interface RolloutHost {
  readonly host: string;
  readonly wave: number;
  readonly movedAt: number | undefined;
  readonly well: boolean;
}

interface Row {
  readonly number: number;
  readonly version: number;
  readonly base: number;
  readonly revision: number;
  readonly by: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly state: RolloutState;
  readonly why: string | null;
  readonly waves: string;
  readonly wave: number;
  readonly hold_seconds: number;
  readonly denials: "halt" | "report";
  readonly findings: string;
}

/** Of older ones the hosts are forgotten: they are as many as the estate has, each time. */
const MOST_WITH_HOSTS = 100;

export class RolloutStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Gives its number. A UNIQUE index refuses a second one that is under way. */
  add(
    rollout: Omit<StoredRollout, "number" | "endedAt" | "why">,
    hosts: Iterable<Pick<RolloutHost, "host" | "wave">>,
  ): number {
    const { version, base, revision, by, startedAt, state, waves, wave, holdSeconds, denials, findings } =
      rollout;
    const { lastInsertRowid } = this.#database
      .prepare(
        "INSERT INTO rollout (version, base, revision, by, started_at, state, waves, wave, hold_seconds, denials, findings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        ...[version, base, revision, by, startedAt, state, JSON.stringify(waves), wave],
        ...[holdSeconds, denials, JSON.stringify(findings)],
      );
    const number = Number(lastInsertRowid);
    this.#database.prepare("DELETE FROM rollout_host WHERE rollout <= ?").run(number - MOST_WITH_HOSTS);
    const add = this.#database.prepare("INSERT INTO rollout_host (rollout, host, wave) VALUES (?, ?, ?)");
    for (const { host, wave: of } of hosts) add.run(number, host, of);
    return number;
  }

  /** Writes all that can change of it. */
  set({ number, endedAt, state, why, waves, wave, findings }: StoredRollout): void {
    this.#database
      .prepare(
        "UPDATE rollout SET ended_at = ?, state = ?, why = ?, waves = ?, wave = ?, findings = ? WHERE number = ?",
      )
      .run(
        ...[endedAt ?? null, state, why ?? null, JSON.stringify(waves), wave],
        ...[JSON.stringify(findings), number],
      );
  }

  /** These hosts follow the version from this moment on. */
  move(
    rollout: number,
    hosts: Iterable<{ readonly host: string; readonly well: boolean }>,
    { wave, at }: { readonly wave: number; readonly at: number },
  ): void {
    const move = this.#database.prepare(
      "INSERT INTO rollout_host (rollout, host, wave, moved_at, well) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET moved_at = excluded.moved_at, well = excluded.well",
    );
    for (const { host, well } of hosts) move.run(rollout, host, wave, at, well ? 1 : 0);
  }

  /** By the host's name. */
  hosts(rollout: number): readonly RolloutHost[] {
    const rows = this.#database
      .prepare("SELECT host, wave, moved_at, well FROM rollout_host WHERE rollout = ? ORDER BY host")
      .all(rollout) as { host: string; wave: number; moved_at: number | null; well: number }[];
    return rows.map(({ host, wave, moved_at, well }) => ({
      ...{ host, wave, movedAt: moved_at ?? undefined },
      well: well === 1,
    }));
  }

  underway(): StoredRollout | undefined {
    const row = this.#database.prepare("SELECT * FROM rollout WHERE ended_at IS NULL").get();
    return row === undefined ? undefined : rolloutOf(row as Row);
  }

  /** How many are over, by how they ended. */
  ended(): readonly { readonly state: RolloutState; readonly count: number }[] {
    return this.#database
      .prepare(
        "SELECT state, count(*) AS count FROM rollout WHERE ended_at IS NOT NULL GROUP BY state ORDER BY state",
      )
      .all() as { state: RolloutState; count: number }[];
  }

  find(number: number): StoredRollout | undefined {
    const row = this.#database.prepare("SELECT * FROM rollout WHERE number = ?").get(number);
    return row === undefined ? undefined : rolloutOf(row as Row);
  }

  /** Newest first. */
  latest(most: number): readonly StoredRollout[] {
    const rows = this.#database.prepare("SELECT * FROM rollout ORDER BY number DESC LIMIT ?").all(most);
    return (rows as Row[]).map(rolloutOf);
  }
}

function rolloutOf(row: Row): StoredRollout {
  const { number, version, base, revision, by, state, wave, denials } = row;
  return {
    ...{ number, version, base, revision, by, state, wave, denials },
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    why: row.why ?? undefined,
    waves: JSON.parse(row.waves),
    holdSeconds: row.hold_seconds,
    findings: JSON.parse(row.findings),
  };
}
