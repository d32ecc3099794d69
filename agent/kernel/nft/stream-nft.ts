/** nft as a program that goes on: one that tells what happens, and one that holds what dies with it. No shell, and a bounded line. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { findProgram, programDirectories } from "./program.ts";

const ENVIRONMENT = { LC_ALL: "C", TZ: "UTC" };
const LONGEST_LINE = 16_384;
const MOST_WORDS = 4_096;
/** Of nfnetlink, and of its group for traces (linux/netfilter/nfnetlink.h: NFNLGRP_NFTRACE is 9). */
const NETFILTER = "12";
const TRACE_GROUP = 0x100;
const LOOK_MILLISECONDS = 10;
const START_MILLISECONDS = 10_000;

/** Calls back with each line of `nft monitor trace`, from the moment on at which this resolves until it is disposed of. Throws `kernel/nft-…`. */
export async function followTraces(each: (line: string) => void): Promise<AsyncDisposable> {
  const child = start(["monitor", "trace"]);
  const errors = wordsOf(child);
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on("line", (line) => each(line.slice(0, LONGEST_LINE)));
  const deadline = performance.now() + START_MILLISECONDS;
  while (!listensToTraces(child.pid)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL");
      throw new BulkheadError(
        "kernel/nft-refused",
        `nft monitor trace: ${errors() || "did not start to listen"}`,
      );
    }
    await pause(LOOK_MILLISECONDS);
  }
  return { [Symbol.asyncDispose]: () => ended(child) };
}

/**
 * Has nft hold the table that this line adds, which must have the flag `owner`: the kernel removes it when that nft ends, and nft ends when we do, killed or not.
 * Resolves when the table is there. Throws `kernel/nft-refused`.
 */
export async function holdTable(line: string, isThere: () => Promise<boolean>): Promise<AsyncDisposable> {
  const child = start(["-i"]);
  const errors = wordsOf(child);
  child.stdin?.write(`${line}\n`);
  const deadline = performance.now() + START_MILLISECONDS;
  while (!(await isThere())) {
    if (errors() !== "" || child.exitCode !== null || performance.now() > deadline) {
      await ended(child);
      throw new BulkheadError("kernel/nft-refused", `nft did not take the table: ${errors() || "no answer"}`);
    }
    await pause(LOOK_MILLISECONDS);
  }
  return { [Symbol.asyncDispose]: () => ended(child) };
}

function start(args: readonly string[]): ChildProcess {
  const program = findProgram("nft", programDirectories(process.env.PATH));
  if (program === undefined) throw new BulkheadError("kernel/nft-missing", "nft is not on this host");
  return spawn(program, args, { env: ENVIRONMENT, stdio: ["pipe", "pipe", "pipe"] });
}

function wordsOf(child: ChildProcess): () => string {
  let words = "";
  child.on("error", (error) => {
    words += error.message;
  });
  child.stdin?.on("error", () => {});
  child.stderr?.setEncoding("utf8").on("data", (more: string) => {
    words = (words + more).slice(0, MOST_WORDS);
  });
  return () => words.trim().split("\n")[0] ?? "";
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

/** Whether a process has joined the group: until then traces go by. */
function listensToTraces(pid: number | undefined): boolean {
  try {
    return readFileSync("/proc/self/net/netlink", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .some(
        ([, protocol, port, groups]) =>
          protocol === NETFILTER &&
          port === String(pid) &&
          (Number.parseInt(groups ?? "0", 16) & TRACE_GROUP) !== 0,
      );
  } catch {
    return false;
  }
}
