/** The audit log of a store that nobody, or somebody else, has open: a server's own, one at rest, a backup. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type ChainCheckOptions, type ChainVerdict, checkChain } from "../store/audit/chain-check.ts";
import { hasColumn, openReadOnly } from "../store/database.ts";
import { type ChainHead, EventStore } from "../store/estate/event-store.ts";

/** @param path of `bulkhead.db`. Throws `server/store-unusable`. */
export function verifyStore(path: string, options: ChainCheckOptions): ChainVerdict {
  return reading(path, (database) => checkChain(database, options));
}

/** Undefined before the first entry. Throws `server/store-unusable`. */
export function headOfStore(path: string): ChainHead | undefined {
  return reading(path, (database) => new EventStore(database).head());
}

function reading<Result>(path: string, work: (database: ReturnType<typeof openReadOnly>) => Result): Result {
  let database: ReturnType<typeof openReadOnly> | undefined;
  try {
    database = openReadOnly(path);
    if (!hasColumn(database, "event", "hash"))
      throw new Error("its events are not chained yet: a server of this version does so when it starts");
    return work(database);
  } catch (error) {
    throw new BulkheadError("server/store-unusable", `${path}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    database?.close();
  }
}
