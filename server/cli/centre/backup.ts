import { resolve } from "node:path";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { restore } from "../../serve/backup.ts";
import { DEFAULT_DATA_DIRECTORY } from "../../serve/data-directory.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";

export interface BackupOptions extends ConnectionOptions {
  readonly directory: string;
}

interface MadeBackup {
  readonly directory: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly auditHead: string | null;
}

export async function makeBackup(options: BackupOptions, { out }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  const made = await client.post<MadeBackup>("/api/v1/backups", { directory: resolve(options.directory) });
  await out.write(
    options.json
      ? `${JSON.stringify({ formatVersion: 1, ...made })}\n`
      : `${made.directory}: ${made.files.join(", ")}, ${(made.bytes / 2 ** 20).toFixed(1)} MiB, audit log up to ${made.auditHead ?? "nothing"}. The authority's keys are in it: keep it as safe as the server\n`,
  );
  return 0;
}

export interface RestoreOptions {
  readonly directory: string;
  readonly "data-dir": string | undefined;
  readonly json: boolean;
}

export async function restoreBackup(options: RestoreOptions, { out }: Terminal): Promise<ExitCode> {
  const directory = resolve(options["data-dir"] ?? process.env.BULKHEAD_DATA_DIR ?? DEFAULT_DATA_DIRECTORY);
  const { kept } = restore(resolve(options.directory), directory, Date.now());
  const words = kept === undefined ? "" : `; what was there is ${kept}`;
  await out.write(
    options.json
      ? `${JSON.stringify({ formatVersion: 1, dataDirectory: directory, kept: kept ?? null })}\n`
      : `${directory} is what it was at the backup${words}. Start the server; \`bulkhead hosts\` shows who is ahead of it\n`,
  );
  return 0;
}
