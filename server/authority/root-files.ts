/** Where the authority's roots are kept: `authority.key` and `authority.pem`, after a rotation `authority-2.key` and `authority-2.pem`, and so on. */

import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { removeDurably, writeDurably } from "./durable-file.ts";

/** What the disk holds of one root. The key is PKCS #8 in PEM, the certificate X.509 in PEM; either may be missing after an interruption. */
export interface StoredRoot {
  /** 1 for the first root; each rotation counts one up. */
  readonly generation: number;
  readonly key: string | undefined;
  readonly certificate: string | undefined;
}

/**
 * All stored roots, the newest first. Makes the directory (0700) where it is missing.
 * Throws `server/authority-unsafe` where others could read a key or put another one in its place, and `server/authority-unusable`.
 */
export function readRoots(directory: string): StoredRoot[] {
  return orUnusable(directory, () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    assertPrivate(directory, statSync(directory), 0o022, "chmod go-w");
    const generations = new Set(readdirSync(directory).flatMap((name) => generationOf(name) ?? []));
    return [...generations]
      .sort((a, b) => b - a)
      .map((generation) => ({
        generation,
        key: readKey(pathOf(directory, generation, "key")),
        certificate: readIfThere(pathOf(directory, generation, "pem")),
      }));
  });
}

/** Throws `server/authority-unusable`. */
export function writeRootFile(
  directory: string,
  { generation, kind, text }: { generation: number; kind: "key" | "pem"; text: string },
): void {
  const path = pathOf(directory, generation, kind);
  orUnusable(path, () => writeDurably(path, text));
}

/** The certificate goes first: a key without one is a root that was not finished or not retired, and either can be done again. */
export function removeRoot(directory: string, generation: number): void {
  orUnusable(directory, () => {
    removeDurably(pathOf(directory, generation, "pem"));
    removeDurably(pathOf(directory, generation, "key"));
  });
}

export function pathOf(directory: string, generation: number, kind: "key" | "pem"): string {
  return join(directory, `authority${generation === 1 ? "" : `-${generation}`}.${kind}`);
}

function generationOf(name: string): number | undefined {
  const found = /^authority(?:-([2-9]|[1-9]\d{1,5}))?\.(?:key|pem)$/.exec(name);
  return found ? Number(found[1] ?? 1) : undefined;
}

/** Asks the open file about its permissions, so that nobody can exchange it in between. */
function readKey(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const fd = openSync(path, "r");
  try {
    assertPrivate(path, fstatSync(fd), 0o077, "chmod 0600");
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

function readIfThere(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(path, "utf8");
}

function assertPrivate(path: string, stats: Stats, forbidden: number, command: string): void {
  const mode = stats.mode & 0o777;
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.())
    throw new BulkheadError("server/authority-unsafe", `${path} belongs to another account (${stats.uid})`);
  if ((mode & forbidden) !== 0)
    throw new BulkheadError(
      "server/authority-unsafe",
      `${path} is open to its group or to others (mode ${mode.toString(8).padStart(4, "0")})`,
      {
        remedy: `Close it: ${command} '${path}'. If somebody may have used it meanwhile, rotate the authority and let the hosts join anew.`,
      },
    );
}

function orUnusable<Value>(path: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (error instanceof BulkheadError) throw error;
    throw new BulkheadError("server/authority-unusable", `${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
