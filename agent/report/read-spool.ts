/** What was recorded, read where no daemon runs, or beside one. */

import type { Loss } from "@bulkhead/shared/flow/record.ts";
import { findFlows } from "./flow-search.ts";
import { lossesSince } from "./loss-table.ts";
import type { Spool } from "./spool.ts";
import { readSpoolFile, spoolPath } from "./spool-file.ts";

export type SpoolReader = Pick<Spool, "find" | "losses"> & Disposable;

/** Undefined where nothing was ever recorded. Throws `daemon/spool-unreadable` or `daemon/spool-newer`. */
export function readSpool(directory: string): SpoolReader | undefined {
  const database = readSpoolFile(spoolPath(directory));
  if (database === undefined) return undefined;
  return {
    find: (query) => findFlows(database, query, []),
    losses: (since): readonly Loss[] => lossesSince(database, since),
    [Symbol.dispose]: () => void database.close(),
  };
}
