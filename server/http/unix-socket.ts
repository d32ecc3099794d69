/** The socket in the data directory. Whoever may open it is the administrator, so it is its owner's alone from its first moment. */

import { lstatSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { connect } from "node:net";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { listenFailed } from "./listening.ts";

/** Listens with mode 0600. Takes a dead server's socket away. Throws `server/already-running`, `server/listen-failed`. */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  await makeWay(path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve);
  server.once("error", (error) => reject(listenFailed(path, error)));
  // The socket is made in this call: there is no moment in which others could open it.
  const before = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
  await promise;
  server.on("error", () => {});
}

async function makeWay(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket()) throw listenFailed(path, new Error("this is not a socket"));
  if (await isListening(path))
    throw new BulkheadError("server/already-running", `somebody listens on ${path} already`);
  rmSync(path, { force: true });
}

/** A server that hangs listens, too: its connections wait in the kernel. */
async function isListening(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(false);
      else if (error.code === "EAGAIN") resolve(true);
      else reject(listenFailed(path, error));
    });
  });
}
