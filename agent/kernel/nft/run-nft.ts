/** The one door through which nft is run. No shell, no environment but two constants, bounded in time and output. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { findProgram } from "./program.ts";
import { textInMemory } from "./text-in-memory.ts";

/** What may be set otherwise, for tests and for unusual machines. */
export interface NftCommand {
  /** Where nft is looked for, in this order. */
  readonly directories: readonly string[];
  readonly timeoutMilliseconds: number;
  readonly maximumOutputBytes: number;
  /** Hears of every process that is started. */
  readonly started?: (pid: number) => void;
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
export async function runNft(command: NftCommand, args: readonly string[], input = ""): Promise<NftAnswer> {
  const program = findProgram("nft", command.directories);
  if (program === undefined) throw missing(`nft is in none of ${command.directories.join(", ")}`);
  // Whole before nft begins. Through a pipe, an nft whose agent is killed would take the first half of a transaction for all of it.
  const text = textInMemory(input);
  try {
    // In a session of its own: Ctrl-C and a lost terminal are the agent's to answer, and are not to stop nft in the middle.
    const child = spawn(program, args, { env: ENVIRONMENT, stdio: [text, "pipe", "pipe"], detached: true });
    if (child.pid !== undefined) command.started?.(child.pid);
    return await answerOf(child, command);
  } finally {
    closeSync(text);
  }
}

function answerOf(child: ChildProcess, command: NftCommand): Promise<NftAnswer> {
  return new Promise((resolve, reject) => {
    const stop = (error: BulkheadError) => {
      reject(error);
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => stop(slow(command)), command.timeoutMilliseconds);
    const output = collect(child, command.maximumOutputBytes, stop);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(missing(`nft could not be started: ${error.message}`));
    });
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      if (status === null) reject(new BulkheadError("kernel/nft-killed", `nft was ended by ${signal}`));
      else resolve({ status, stdout: textOf(output.stdout), stderr: textOf(output.stderr) });
    });
  });
}

interface Output {
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
}

function collect(child: ChildProcess, mostBytes: number, stop: (error: BulkheadError) => void): Output {
  const output: Output = { stdout: [], stderr: [] };
  let bytes = 0;
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes)
        stop(new BulkheadError("kernel/nft-unreadable", `nft wrote more than ${mostBytes} bytes`));
      else output[stream].push(chunk);
    });
  return output;
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}

function slow({ timeoutMilliseconds }: NftCommand): BulkheadError {
  return new BulkheadError("kernel/nft-slow", `nft did not end within ${timeoutMilliseconds / 1000} s`);
}

function missing(words: string): BulkheadError {
  return new BulkheadError("kernel/nft-missing", words);
}
