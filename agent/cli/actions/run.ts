import { join } from "node:path";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { namespaceLock, takeLock } from "../../apply/lock.ts";
import { isWritable, prepareStateDirectory } from "../../apply/state-directory.ts";
import { type DaemonOptions, runDaemon } from "../../daemon/run.ts";
import manifest from "../../package.json" with { type: "json" };
import { type SocketOptions, socketOf } from "../socket.ts";

export interface RunOptions extends SocketOptions {
  readonly policy: readonly string[];
  readonly floor: readonly string[];
  readonly as: string | undefined;
  readonly "log-group": number;
  readonly "ct-mark-mask": number | undefined;
  readonly "metrics-port": number | undefined;
  readonly "log-level": string;
}

/** Whoever was killed a moment ago may have left an nft that still works. */
const LOCK_WAIT_MILLISECONDS = 5_000;

export async function runAgent(options: RunOptions): Promise<ExitCode> {
  const directory = options["state-dir"];
  // A disk that cannot be written is the daemon's to live with.
  if (!isWritable(directory)) makeState(directory);
  const files = [...(isWritable(directory) ? [join(directory, "lock")] : []), ...own()];
  const lock = await takeLock({ files, command: "run", waitMilliseconds: LOCK_WAIT_MILLISECONDS });
  try {
    await runDaemon(daemonOptions(options));
    return 0;
  } finally {
    lock.release();
  }
}

function makeState(directory: string): void {
  try {
    prepareStateDirectory(directory);
  } catch {
    // It says so itself as soon as it has something to write.
  }
}

function own(): readonly string[] {
  const file = namespaceLock();
  return file === undefined ? [] : [file];
}

function daemonOptions(options: RunOptions): DaemonOptions {
  return {
    paths: options.policy,
    floor: options.floor,
    as: options.as,
    stateDirectory: options["state-dir"],
    socket: socketOf(options),
    group: options["log-group"],
    mask: options["ct-mark-mask"],
    metricsPort: options["metrics-port"],
    logLevel: options["log-level"],
    version: manifest.version,
  };
}
