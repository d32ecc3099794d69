/** The one door through which nft is run. No shell, no environment but two constants, bounded in time and output. */

import { execFile } from "node:child_process";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { findProgram } from "./program.ts";

/** What may be set otherwise, for tests and for unusual machines. */
export interface NftCommand {
  /** Where nft is looked for, in this order. */
  readonly directories: readonly string[];
  readonly timeoutMilliseconds: number;
  readonly maximumOutputBytes: number;
}

export interface NftAnswer {
  /** nft's exit status: 0 where it did what it was asked. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** LC_ALL: its messages are parsed. TZ: `meta time` is written and read in local time. */
const ENVIRONMENT = { LC_ALL: "C", TZ: "UTC" };

/**
 * Runs nft with these arguments and this text on its standard input. Any exit status is an answer.
 * Throws `kernel/nft-missing`, `kernel/nft-slow`, `kernel/nft-killed` or `kernel/nft-unreadable`.
 */
export function runNft(command: NftCommand, args: readonly string[], input = ""): Promise<NftAnswer> {
  const program = findProgram("nft", command.directories);
  if (program === undefined) return Promise.reject(missing(command));
  return new Promise((resolve, reject) => {
    const options = {
      env: ENVIRONMENT,
      encoding: "utf8",
      timeout: command.timeoutMilliseconds,
      killSignal: "SIGKILL",
      maxBuffer: command.maximumOutputBytes,
    } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ status: error.code, stdout, stderr });
      else reject(failure(command, error));
    });
    // nft may end before it has read everything; what it then says is the answer, not that the pipe broke.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

function failure(command: NftCommand, error: Error & { code?: unknown; killed?: boolean; signal?: unknown }) {
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
    return new BulkheadError(
      "kernel/nft-unreadable",
      `nft wrote more than ${command.maximumOutputBytes} bytes`,
      {
        cause: error,
      },
    );
  if (error.killed === true) {
    const seconds = command.timeoutMilliseconds / 1000;
    return new BulkheadError("kernel/nft-slow", `nft did not end within ${seconds} s`, { cause: error });
  }
  if (typeof error.signal === "string")
    return new BulkheadError("kernel/nft-killed", `nft was ended by ${error.signal}`, { cause: error });
  return new BulkheadError("kernel/nft-missing", `nft could not be started: ${error.message}`, {
    cause: error,
  });
}

function missing(command: NftCommand) {
  return new BulkheadError("kernel/nft-missing", `nft is in none of ${command.directories.join(", ")}`);
}
