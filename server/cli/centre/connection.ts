/** How the operator's commands find their server. */

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CommandOption } from "@bulkhead/terminal/command.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { connect } from "../../client/connection.ts";
import { DEFAULT_DATA_DIRECTORY } from "../../serve/data-directory.ts";

export const CONNECTION_OPTIONS = {
  "data-dir": {
    describe: "the server's data directory, on its own machine: no sign-in is needed (BULKHEAD_DATA_DIR)",
    type: "string",
  },
  server: {
    describe:
      "https://HOST:8443 (BULKHEAD_SERVER, else what `bulkhead login` remembered); the token comes from BULKHEAD_TOKEN or `login`",
    type: "string",
  },
  json: { describe: "the facts as JSON", type: "boolean", default: false },
} as const satisfies Record<string, CommandOption>;

export interface ConnectionOptions {
  readonly "data-dir": string | undefined;
  readonly server: string | undefined;
  readonly json: boolean;
}

/** Throws what `connect` throws. */
export function connectTo({
  "data-dir": named,
  server,
}: Omit<ConnectionOptions, "json">): Promise<ApiClient> {
  const { env } = process;
  const dataDirectory =
    named ?? (server === undefined ? (env.BULKHEAD_DATA_DIR ?? localDirectory()) : undefined);
  return connect({ dataDirectory, server, environment: env, home: homedir() });
}

/** A server that runs here, where nobody named another one. */
function localDirectory(): string | undefined {
  if (process.env.BULKHEAD_SERVER) return undefined;
  return existsSync(join(DEFAULT_DATA_DIRECTORY, "server.sock")) ? DEFAULT_DATA_DIRECTORY : undefined;
}
