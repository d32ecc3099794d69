/** Whether conntrack counts packets and bytes in this network namespace, and how it is doing. */

import { readFileSync, writeFileSync } from "node:fs";

/** In this thread's network namespace. Another directory is for tests. */
const PROC = "/proc";
const SWITCH = "sys/net/netfilter/nf_conntrack_acct";

/** What is known about counting: how it was, or why it cannot be known or changed, in words. */
export type Accounting = { readonly before: "on" | "off" } | { readonly reason: string };

/** Lets conntrack count from now on: connections that began earlier go on uncounted. `before` is for `putAccountingBack`. */
export function switchAccountingOn(proc = PROC): Accounting {
  try {
    const before = readSwitch(proc);
    if (before === "off") writeFileSync(`${proc}/${SWITCH}`, "1");
    return { before };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** As it was before; undefined, or why it cannot be put back. */
export function putAccountingBack(before: "on" | "off", proc = PROC): string | undefined {
  try {
    if (readSwitch(proc) !== before) writeFileSync(`${proc}/${SWITCH}`, before === "on" ? "1" : "0");
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function readSwitch(proc: string): "on" | "off" {
  return readFileSync(`${proc}/${SWITCH}`, "utf8").trim() === "0" ? "off" : "on";
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "conntrack is not loaded: there is no nf_conntrack_acct";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return `nf_conntrack_acct cannot be written (${code})`;
  return `nf_conntrack_acct: ${error instanceof Error ? error.message : String(error)}`;
}

export interface ConntrackLoad {
  /** Entries now, and how many there may be. */
  readonly count: number;
  readonly most: number;
  /** Since the machine started: packets that found no place; entries pushed out for others; entries that could not be put in. */
  readonly dropped: number;
  readonly pushedOut: number;
  readonly notInserted: number;
  /** Whether it tells of connections at all: `always`, only of those that begin while somebody listens, or `never` (nf_conntrack_events). */
  readonly events: "always" | "while-listened-to" | "never";
}

/** How full conntrack is; undefined where it is not loaded. */
export function conntrackLoad(proc = PROC): ConntrackLoad | undefined {
  const count = readNumber(`${proc}/sys/net/netfilter/nf_conntrack_count`);
  const most = readNumber(`${proc}/sys/net/netfilter/nf_conntrack_max`);
  if (count === undefined || most === undefined) return undefined;
  const statistics = readStatistics(proc);
  return {
    count,
    most,
    dropped: statistics.get("drop") ?? 0,
    pushedOut: statistics.get("early_drop") ?? 0,
    notInserted: statistics.get("insert_failed") ?? 0,
    events: EVENTS[readNumber(`${proc}/sys/net/netfilter/nf_conntrack_events`) ?? 0] ?? "never",
  };
}

/** By the value of nf_conntrack_events; 2 is the default since Linux 5.19. */
const EVENTS: Readonly<Record<number, ConntrackLoad["events"]>> = { 1: "always", 2: "while-listened-to" };

/** One line a processor, hexadecimal, under a line of names that differs from kernel to kernel. */
function readStatistics(proc: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const [names = [], ...processors] = readText(`${proc}/thread-self/net/stat/nf_conntrack`)
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  for (const numbers of processors)
    names.forEach((name, column) => {
      sums.set(name, (sums.get(name) ?? 0) + Number.parseInt(numbers[column] ?? "0", 16));
    });
  return sums;
}

function readNumber(path: string): number | undefined {
  const text = readText(path).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
