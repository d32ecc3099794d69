/** What nft says when it refuses, and the line of the transaction that it speaks of. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

/** One complaint of nft. `line` counts from 1; undefined where nft names no place. */
export interface Complaint {
  readonly line: number | undefined;
  readonly words: string;
}

const WITH_PLACE = /^[^\s:]+:(\d+):\d+(?:-\d+)?: Error: (.*)$/;
const WITHOUT_PLACE = /^(?:netlink: )?Error: (.*)$/;
const SHOWN = 120;

/** nft's complaints in the order of the transaction's lines; those without a place last. */
export function readComplaints(stderr: string): readonly Complaint[] {
  const complaints = stderr.split("\n").flatMap(readComplaint);
  return complaints.sort(
    (a, b) => (a.line ?? Number.POSITIVE_INFINITY) - (b.line ?? Number.POSITIVE_INFINITY),
  );
}

/** Whether the kernel refused us, and not what we asked for. */
export function isPermission(stderr: string): boolean {
  return stderr.includes("Operation not permitted");
}

/** Whether the kernel refused what nft itself had understood; then a feature may be missing. */
export function isFromKernel(stderr: string): boolean {
  return /Could not process rule|No such file or directory|not supported/.test(stderr) && !isThere(stderr);
}

/** Something was to be made that there is already. */
function isThere(stderr: string): boolean {
  return stderr.includes("File exists");
}

/** Only root of the whole machine can make nft's buffer larger than the system's default; inside a user namespace nft does not even try. */
const TOO_LONG =
  "Inside a user namespace, nft's transactions are limited by net.core.wmem_default: raise it on the machine, or run as the machine's root.";

/** `kernel/nft-refused` in nft's words, with the line of the transaction. */
export function refusal(transaction: string, stderr: string): BulkheadError {
  const hint = stderr.includes("Message too long") ? { remedy: TOO_LONG } : {};
  return new BulkheadError("kernel/nft-refused", `nft refuses${inWords(transaction, stderr)}`, hint);
}

function inWords(transaction: string, stderr: string): string {
  const [first, ...others] = readComplaints(stderr);
  if (first === undefined) return `: ${cut(stderr.trim()) || "it gives no reason"}`;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return `${place(transaction, first)}: ${first.words}${more}`;
}

/** `kernel/no-permission`, with who we are, since that is what is wrong. */
export function noPermission(stderr: string): BulkheadError {
  const user = process.geteuid?.() === 0 ? "root without CAP_NET_ADMIN here" : `uid ${process.geteuid?.()}`;
  return new BulkheadError(
    "kernel/no-permission",
    `nft may not change the firewall as ${user}: Operation not permitted`,
    {
      cause: stderr,
    },
  );
}

function readComplaint(line: string): Complaint[] {
  const [, number, words] = WITH_PLACE.exec(line) ?? [];
  // Line 0 is how nft places what it made up itself.
  if (words !== undefined) return [{ line: Number(number) || undefined, words }];
  const [, plain] = WITHOUT_PLACE.exec(line) ?? [];
  return plain === undefined ? [] : [{ line: undefined, words: plain }];
}

function place(transaction: string, { line }: Complaint): string {
  if (line === undefined) return "";
  const text = transaction.split("\n", line)[line - 1]?.trim() ?? "";
  return ` line ${line}, '${cut(text)}'`;
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
