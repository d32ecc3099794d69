/** The server's directory: made for its account alone, and used by one server at a time. */

import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { holdFile } from "../store/database.ts";

export const DEFAULT_DATA_DIRECTORY = "/var/lib/bulkhead-server";

/** Throws `server/store-unusable`. */
export function prepareDataDirectory(directory: string): void {
  try {
    const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (made !== undefined) chmodSync(directory, 0o700);
    const { uid, mode } = statSync(directory);
    if (uid !== process.geteuid?.() || (mode & 0o022) !== 0)
      throw new BulkheadError(
        "server/store-unusable",
        `${directory} belongs to uid ${uid} and has the permissions ${(mode & 0o7777).toString(8)}: it must be the server's account's, and nobody else's to write`,
      );
  } catch (error) {
    if (error instanceof BulkheadError) throw error;
    throw new BulkheadError("server/store-unusable", `${directory}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** One process at a time has the directory, until this is disposed of. Throws `server/already-running` with who has it, `server/store-unusable`. */
export function holdDataDirectory(directory: string): Disposable {
  const pidFile = join(directory, "server.pid");
  try {
    const held = holdFile(join(directory, "server.lock"));
    if (held === undefined)
      throw new BulkheadError(
        "server/already-running",
        `${directory} is in use by process ${readFileSync(pidFile, "utf8").trim()}`,
      );
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    return held;
  } catch (error) {
    if (error instanceof BulkheadError) throw error;
    throw new BulkheadError("server/store-unusable", `${directory}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
