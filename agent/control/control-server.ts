/** The daemon's own socket: root and the group `bulkhead` may ask there. */

import { closeServer, type HttpServer, httpServer } from "./http-server.ts";
import type { Route } from "./route.ts";
import { groupNumber, makeWay, openToGroup, prepareSocketDirectory, socketFailed } from "./socket-file.ts";

export const DEFAULT_SOCKET = "/run/bulkhead/agent.sock";
const GROUP = "bulkhead";

export interface ControlOptions {
  readonly path: string;
  readonly routes: readonly Route[];
  /** Whose members may ask, besides root; nobody where this host has no such group. */
  readonly group?: string;
}

/** Listens until it is disposed of. Throws `daemon/socket-running` or `daemon/socket-failed`. */
export async function serveControl({
  path,
  routes,
  group = GROUP,
}: ControlOptions): Promise<AsyncDisposable> {
  const gid = groupNumber(group);
  prepareSocketDirectory(path, gid);
  await makeWay(path);
  const server = httpServer(routes);
  await listening(server, path);
  try {
    openToGroup(path, gid);
  } catch (error) {
    await closeServer(server);
    throw socketFailed(path, error);
  }
  return { [Symbol.asyncDispose]: () => closeServer(server) };
}

async function listening(server: HttpServer, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve);
  server.once("error", (error) => reject(socketFailed(path, error)));
  // The socket is made in this call: there is no moment in which others could open it.
  const before = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
  await promise;
  // A connection that cannot be accepted (no descriptors left) is one question less; the others go on.
  server.on("error", () => {});
}
