/** The host's configuration file: where it is, and when there is nothing in it to read. */

import { readFileSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Settings } from "./settings.ts";

export const DEFAULT_CONFIGURATION = "/etc/bulkhead/agent.yaml";
const MOST_BYTES = 64 * 1024;

/** BULKHEAD_CONFIG, where it is set; undefined where it is empty: then no file is read. */
export function configurationPath(): string | undefined {
  const { BULKHEAD_CONFIG } = process.env;
  return BULKHEAD_CONFIG === "" ? undefined : (BULKHEAD_CONFIG ?? DEFAULT_CONFIGURATION);
}

/** What the file sets; nothing where there is no file, or comments only. Throws `command/invalid-configuration`, with all that is wrong. */
export async function readConfiguration(path: string | undefined): Promise<Settings> {
  const text = path === undefined ? undefined : textOf(path);
  if (path === undefined || text === undefined || /^(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*(?:#.*)?$/.test(text))
    return {};
  // Most hosts set nothing: they need no parser.
  const { parseSettings } = await import("./settings.ts");
  return parseSettings(path, text);
}

function textOf(path: string): string | undefined {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MOST_BYTES)
      throw new Error(`it has ${bytes.length} bytes, and ${MOST_BYTES} are the most that are read`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Only its default place may have none: who names a file means one.
    if (code === "ENOENT" && path === DEFAULT_CONFIGURATION) return undefined;
    throw new BulkheadError("command/invalid-configuration", `${path} cannot be read: ${message}`, {
      cause: error,
    });
  }
}
