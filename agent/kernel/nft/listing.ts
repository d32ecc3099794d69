/** Reading `nft list table`: the text that is compared, and the tree that `nft -j` prints. */

import { statSync } from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { RuleCounter, TableObjects } from "../kernel.ts";

/**
 * A listing by `nft -s list table` without what passes by itself: the elements of sets whose elements time out, and the paths of cgroups, which nft prints only while they are
 * there; their ids stay. The elements of a set are on one line. What is left is equal for equal rules, at any moment.
 */
export function stableText(listing: string, idOf: (path: string) => string | undefined = cgroupId): string {
  const lines = listing.replaceAll(ELEMENTS_BREAK, ", ");
  if (!/timeout|cgroupsv2/.test(lines)) return lines;
  return lines
    .split(BLOCK_END)
    .map((block) => withCgroupIds(withoutTimers(block), idOf))
    .join(BLOCK_END);
}

/** Of a path as nft prints it, in quotes; undefined for what is not there, or is no path. */
function cgroupId(path: string): string | undefined {
  const directory = join("/sys/fs/cgroup", path);
  return statSync(directory, { bigint: true, throwIfNoEntry: false })?.ino.toString();
}

function withCgroupIds(block: string, idOf: (path: string) => string | undefined): string {
  if (!/^\t\ttype cgroupsv2$/m.test(block)) return block;
  return block.replace(/(\n\t\telements = \{)([^}]*)\}/, (_all, start: string, elements: string) => {
    const ids = elements.split(",").map((element) => {
      const path = /^\s*"(.*)"\s*$/s.exec(element)?.[1];
      return path === undefined ? element.trim() : (idOf(path) ?? `"${path}"`);
    });
    return `${start} ${ids.sort().join(", ")} }`;
  });
}

/** Between some of the elements; rules and strings have no line breaks. */
const ELEMENTS_BREAK = /,\n\s+/g;
/** How nft ends a set, map or chain. */
const BLOCK_END = "\n\t}\n";

function withoutTimers(block: string): string {
  if (!/^\t\tflags (?:\w+,)*timeout(?:,\w+)*$/m.test(block)) return block;
  return block.replace(/\n\t\telements = \{[^}]*\}/, "");
}

/** What `nft -j` lists: objects with one key each, the kind. */
export type ListedObject = Readonly<Record<string, unknown>>;

/** The objects that `nft -j` printed, without its own header. Throws `kernel/nft-unreadable`. */
export function readJson(text: string): readonly { readonly kind: string; readonly body: ListedObject }[] {
  const list = record(parse(text))?.nftables;
  if (!Array.isArray(list)) throw unreadable("no list 'nftables'", text);
  return list.flatMap((item) =>
    Object.entries(record(item) ?? {}).flatMap(([kind, value]) => {
      const body = record(value);
      return body === undefined || kind === "metainfo" ? [] : [{ kind, body }];
    }),
  );
}

/** The names in a table. */
export function objectsOf(listed: ReturnType<typeof readJson>): TableObjects {
  const named = (wanted: string) => listed.filter(({ kind }) => kind === wanted).map(({ body }) => body);
  return {
    sets: named("set").map(nameOf),
    maps: named("map").map(nameOf),
    chains: named("chain").map((body) => ({ name: nameOf(body), base: body.hook !== undefined })),
  };
}

/** The rules that have a counter and a comment, in the kernel's order. */
export function countersOf(listed: ReturnType<typeof readJson>): readonly RuleCounter[] {
  return listed.flatMap(({ kind, body }) => {
    const { chain, comment, expr } = body;
    if (kind !== "rule" || typeof chain !== "string" || typeof comment !== "string" || !Array.isArray(expr))
      return [];
    const counter = expr.map((one) => record(record(one)?.counter)).find((found) => found !== undefined);
    if (counter === undefined) return [];
    return [{ chain, comment, packets: Number(counter.packets), bytes: Number(counter.bytes) }];
  });
}

/** Seconds until the last element of a listed set times out; 0 where it is empty. */
export function secondsLeft(listed: ReturnType<typeof readJson>): number {
  const elements = listed.flatMap(({ body }) => (Array.isArray(body.elem) ? body.elem : []));
  const expiries = elements.map((element) => Number(record(record(element)?.elem)?.expires ?? 0));
  return Math.max(0, ...expiries);
}

function nameOf(body: ListedObject): string {
  if (typeof body.name !== "string") throw unreadable("an object without a name", JSON.stringify(body));
  return body.name;
}

function record(value: unknown): ListedObject | undefined {
  return typeof value === "object" && value !== null ? { ...value } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(String(cause), text);
  }
}

function unreadable(problem: string, text: string) {
  return new BulkheadError(
    "kernel/nft-unreadable",
    `nft's JSON cannot be read: ${problem}: ${text.slice(0, 200)}`,
  );
}
