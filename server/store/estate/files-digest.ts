/** What tells the files of one version of the policy from those of another. */

import { createHash } from "node:crypto";
import type { PolicyFile } from "./policy-store.ts";

/** SHA-256 of the files, whatever their order; 64 hexadecimal digits. */
export function filesDigest(files: readonly PolicyFile[]): string {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, text }) => [name, text]);
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
