/** Who failed to sign in how often, as statements over the server's database. Times are milliseconds since 1970. */

import type { Database } from "../database.ts";

export interface LockStore {
  /**
   * Counts an attempt before anything of it is looked at, so that a thousand at once are a thousand. Gives how many those in a row are now; undefined, and nothing is counted, for an
   * account that is locked at `at`, that is disabled, that has no password, or that does not exist.
   */
  begin(account: string, at: number): number | undefined;
  lock(account: string, until: number): void;
  /** The attempt was no failure, and no success either: it is as if it had not been. A lock that it led to ends at `at`. */
  takeBack(account: string, at: number): void;
  /** The next attempt is the first. Whether there is such an account. */
  clear(account: string): boolean;
}

export function lockStore(database: Database): LockStore {
  const begin = database
    .prepare<[string, number], number>(
      `UPDATE account SET failures = failures + 1 WHERE name = ? AND disabled_at IS NULL AND password IS NOT NULL
       AND coalesce(locked_until, 0) <= ? RETURNING failures`,
    )
    .pluck();
  const lock = database.prepare<[number, string]>("UPDATE account SET locked_until = ? WHERE name = ?");
  const takeBack = database.prepare<[number, string]>(
    "UPDATE account SET failures = max(failures - 1, 0), locked_until = min(locked_until, ?) WHERE name = ?",
  );
  const clear = database.prepare<[string]>(
    "UPDATE account SET failures = 0, locked_until = NULL WHERE name = ?",
  );
  return {
    begin: (account, at) => begin.get(account, at),
    lock: (account, until) => {
      lock.run(until, account);
    },
    takeBack: (account, at) => {
      takeBack.run(at, account);
    },
    clear: (account) => clear.run(account).changes > 0,
  };
}
