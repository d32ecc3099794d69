/** The draft that a question is about: a version that is kept, or files that are not. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { LIMITS } from "@bulkhead/shared/policy/limits.ts";
import { z } from "zod";
import type { Versions } from "../policy/versions.ts";
import { PolicyFile } from "./shapes.ts";

export const NamedDraft = z.strictObject({
  /** A version; else these files, which are not kept; else the newest version. */
  version: z.number().int().positive().optional(),
  files: z.array(PolicyFile).min(1).max(LIMITS.files).optional(),
});

/** `version` is null for files. Throws `server/invalid-request` for both at once, `server/no-version`. */
export function namedDraft(
  { version: number, files }: z.output<typeof NamedDraft>,
  versions: Versions,
): { readonly version: number | null; readonly draft: readonly z.output<typeof PolicyFile>[] } {
  if (files !== undefined && number !== undefined)
    throw new BulkheadError("server/invalid-request", "a draft is a version or files, not both");
  if (files !== undefined) return { version: null, draft: files };
  const version = number ?? versions.newest();
  return { version, draft: versions.files(version) };
}
