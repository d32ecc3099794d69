/** Settings, each with its default and its bounds. */

import type { Database } from "../database.ts";

export interface Settings {
  /** How long a host that is gone keeps its addresses in groups. A partition and a reused address are both dangerous. */
  readonly leaseSeconds: number;
  readonly certificateSeconds: number;
  /** How long after its end a certificate can still be renewed. */
  readonly graceSeconds: number;
  readonly probationSeconds: number;
}

const HOUR = 3_600;

export const DEFAULT_SETTINGS: Settings = {
  leaseSeconds: 7 * 24 * HOUR,
  certificateSeconds: 7 * 24 * HOUR,
  graceSeconds: 30 * 24 * HOUR,
  probationSeconds: 60,
};

export const SETTING_BOUNDS: Readonly<Record<keyof Settings, readonly [number, number]>> = {
  leaseSeconds: [60, 365 * 24 * HOUR],
  certificateSeconds: [60, 90 * 24 * HOUR],
  graceSeconds: [0, 365 * 24 * HOUR],
  probationSeconds: [5, HOUR],
};

export class SettingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): Settings {
    const rows = this.#database.prepare("SELECT key, value FROM setting").all() as {
      key: string;
      value: string;
    }[];
    const kept = Object.fromEntries(
      rows.filter(({ key }) => key in DEFAULT_SETTINGS).map(({ key, value }) => [key, Number(value)]),
    );
    return { ...DEFAULT_SETTINGS, ...kept };
  }

  set(key: keyof Settings, value: number): void {
    this.#database
      .prepare(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      )
      .run(key, String(value));
  }
}
