/** Metrics for a collector on this host that knows no unix sockets. */

import type { AddressInfo } from "node:net";
import { closeServer, httpServer } from "./http-server.ts";
import type { Route } from "./route.ts";
import { socketFailed } from "./socket-file.ts";

export interface MetricsServer extends AsyncDisposable {
  readonly port: number;
}

/** Listens on 127.0.0.1; port 0 takes any. `route` is all that answers there. Throws `daemon/socket-failed`. */
export async function serveMetrics({
  port,
  route,
}: {
  readonly port: number;
  readonly route: Route;
}): Promise<MetricsServer> {
  const server = httpServer([route]);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve);
  server.once("error", (error) => reject(socketFailed(`127.0.0.1:${port}`, error)));
  server.listen(port, "127.0.0.1");
  await promise;
  server.on("error", () => {});
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}
