/** Settings, each with what it is for, its default and its bounds. */

import type { Database } from "../database.ts";

export interface Setting {
  /** What it sets, in a few words. */
  readonly title: string;
  readonly group: "policy" | "hosts" | "flows";
  readonly unit: "seconds" | "bytes" | "people";
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly about: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GIGABYTE = 1024 ** 3;

export const SETTINGS = {
  approvals: {
    title: "approvals of a version",
    group: "policy",
    unit: "people",
    default: 0,
    least: 0,
    most: 5,
    about: "how many people besides its author have to approve a version before it is provisioned",
  },
  leaseSeconds: {
    title: "addresses of a host that is gone",
    group: "hosts",
    unit: "seconds",
    default: 7 * DAY,
    least: MINUTE,
    most: 365 * DAY,
    about:
      "how long a host that is gone keeps its addresses in groups: too short cuts off what is only partitioned, too long trusts an address that somebody else may have by then",
  },
  certificateSeconds: {
    title: "a host's certificate",
    group: "hosts",
    unit: "seconds",
    default: 7 * DAY,
    // Shorter than anybody needs, to see what happens when one ends.
    least: 20,
    most: 90 * DAY,
    about: "how long a host's certificate lasts; it is renewed at two thirds of that",
  },
  graceSeconds: {
    title: "renewing what has ended",
    group: "hosts",
    unit: "seconds",
    default: 30 * DAY,
    least: 0,
    most: 365 * DAY,
    about: "how long after its end a certificate can still be renewed, and nothing else be done with it",
  },
  probationSeconds: {
    title: "probation of a version",
    group: "policy",
    unit: "seconds",
    default: MINUTE,
    least: 5,
    most: HOUR,
    about:
      "how long a host waits to reach the server through a new version before it goes back to what it had",
  },
  rolloutHoldSeconds: {
    title: "a wave of a rollout",
    group: "policy",
    unit: "seconds",
    default: 5 * MINUTE,
    least: 1,
    most: 30 * DAY,
    about: "how long a wave of a rollout is watched before the next one begins, where nobody says otherwise",
  },
  rolloutSilentSeconds: {
    title: "silence in a rollout",
    group: "policy",
    unit: "seconds",
    default: MINUTE,
    least: 5,
    most: DAY,
    about:
      "how long a host that follows a rollout may be silent before all go back; beside its probation also how long it may take to enforce the version",
  },
  flowsFineSeconds: {
    title: "flows in ten seconds",
    group: "flows",
    unit: "seconds",
    default: DAY,
    least: HOUR,
    most: 30 * DAY,
    about: "up to which age flows are kept in buckets of ten seconds",
  },
  flowsMediumSeconds: {
    title: "flows in ten minutes",
    group: "flows",
    unit: "seconds",
    default: 14 * DAY,
    least: HOUR,
    most: 365 * DAY,
    about: "up to which age flows are kept in buckets of ten minutes",
  },
  flowsCoarseSeconds: {
    title: "flows in an hour",
    group: "flows",
    unit: "seconds",
    default: 90 * DAY,
    least: HOUR,
    most: 10 * 365 * DAY,
    about: "up to which age flows are kept in buckets of an hour; older ones go",
  },
  flowsBytes: {
    title: "room for flows",
    group: "flows",
    unit: "bytes",
    default: 10 * GIGABYTE,
    least: 16 * 1024 ** 2,
    most: 10_000 * GIGABYTE,
    about: "what recorded flows may take on disk; beyond, the oldest go and are counted as lost",
  },
} as const satisfies Record<string, Setting>;

export type Settings = { readonly [Key in keyof typeof SETTINGS]: number };

export const DEFAULT_SETTINGS = Object.fromEntries(
  Object.entries(SETTINGS).map(([key, setting]) => [key, setting.default]),
) as Settings;

/** What is wrong with such settings, in words; undefined where nothing is. */
export function settingsProblem(settings: Settings): string | undefined {
  for (const [key, { least, most }] of Object.entries(SETTINGS)) {
    const value = settings[key as keyof Settings];
    if (!Number.isSafeInteger(value) || value < least || value > most)
      return `${key} is ${value}, expected a whole number from ${least} to ${most}`;
  }
  const { flowsFineSeconds, flowsMediumSeconds, flowsCoarseSeconds } = settings;
  if (flowsFineSeconds > flowsMediumSeconds || flowsMediumSeconds > flowsCoarseSeconds)
    return `flows grow coarser with age, so flowsFineSeconds (${flowsFineSeconds}), flowsMediumSeconds (${flowsMediumSeconds}) and flowsCoarseSeconds (${flowsCoarseSeconds}) have to be in that order`;
  return undefined;
}

/** The only one that writes them, so they are in memory as well. */
export class SettingStore {
  readonly #database: Database;
  #all: Settings;

  constructor(database: Database) {
    this.#database = database;
    this.#all = this.#read();
  }

  /** They are in memory as they are on disk: for a change that did not get there. */
  readAgain(): void {
    this.#all = this.#read();
  }

  all(): Settings {
    return this.#all;
  }

  /** All of them or none. */
  change(changes: Partial<Settings>): void {
    const set = this.#database.prepare(
      "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    );
    this.#database.transaction(() => {
      for (const [key, value] of Object.entries(changes)) set.run(key, String(value));
    })();
    this.#all = { ...this.#all, ...changes };
  }

  #read(): Settings {
    const rows = this.#database.prepare("SELECT key, value FROM setting").all();
    const kept = (rows as { key: string; value: string }[])
      .filter(({ key }) => key in SETTINGS)
      .map(({ key, value }) => [key, Number(value)]);
    return { ...DEFAULT_SETTINGS, ...Object.fromEntries(kept) };
  }
}
