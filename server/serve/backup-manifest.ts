/** What a backup says of itself: when it was made, of what, and where the audit log stood. */

import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import { headText } from "../audit/head.ts";
import { headOfStore } from "../audit/verification.ts";

export const MANIFEST = "manifest.json";

const Manifest = z.strictObject({
  formatVersion: z.literal(1),
  madeAt: z.number().int(),
  server: z.string().max(128),
  /** `NUMBER:HASH` of the last entry of the audit log that is in it. */
  auditHead: z.string().max(128).nullable(),
  files: z
    .array(z.strictObject({ name: z.string().max(128), bytes: z.number().int(), sha256: z.string() }))
    .max(100),
});
type Manifest = z.output<typeof Manifest>;

const MOST_BYTES = 65_536;
const CHUNK = 1024 * 1024;

/** To be written last: a backup without it was not finished, or made by an older server. */
export async function writeManifest(
  directory: string,
  { version, now }: { readonly version: string; readonly now: () => number },
): Promise<void> {
  const files = [];
  for (const name of readdirSync(directory).sort()) {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(join(directory, name), { highWaterMark: CHUNK }))
      hash.update(chunk as Buffer);
    files.push({ name, bytes: statSync(join(directory, name)).size, sha256: hash.digest("hex") });
  }
  const head = headOfStore(join(directory, "bulkhead.db"));
  const auditHead = head === undefined ? null : headText(head);
  const manifest: Manifest = { formatVersion: 1, madeAt: now(), server: version, auditHead, files };
  writeFileSync(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: 0o600,
    flag: "wx",
  });
}

/** Undefined for a backup of an older server. Throws `server/backup-failed` where a file is not what it was when the backup was made. */
export function readManifest(directory: string): Manifest | undefined {
  const path = join(directory, MANIFEST);
  if (!existsSync(path)) return undefined;
  const manifest = parsed(path);
  for (const { name, bytes, sha256 } of manifest.files) {
    const file = join(directory, name);
    if (!existsSync(file) || statSync(file).size !== bytes || digestOf(file) !== sha256)
      throw new BulkheadError("server/backup-failed", `${file} is not what it was when the backup was made`);
  }
  return manifest;
}

export function manifestHead(directory: string): string | null {
  return parsed(join(directory, MANIFEST)).auditHead;
}

function parsed(path: string): Manifest {
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error("it is too large");
    return Manifest.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new BulkheadError("server/backup-failed", `${path}: ${(error as Error).message}`, { cause: error });
  }
}

function digestOf(path: string): string {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(CHUNK);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
