/** The API: one frame over HTTPS, the same over the unix socket in the data directory. */

import { join } from "node:path";
import type { Accounts } from "../accounts/accounts.ts";
import type { RateLimits, RefusedRequest } from "./admission.ts";
import { type Bounds, DEFAULT_BOUNDS } from "./bounds.ts";
import type { EventFeed } from "./event-feed.ts";
import { buildFrame, type FrameOptions } from "./frame.ts";
import type { Journal } from "./journal.ts";
import {
  closerOf,
  httpsServer,
  type KeyPair,
  listenOn,
  replaceCertificate,
  socketServer,
} from "./listening.ts";
import { type Measure, metricsOf } from "./metrics.ts";
import { ownRoutes } from "./own-routes.ts";
import type { Pages } from "./pages.ts";
import type { ProviderDoor } from "./provider-signing.ts";
import type { Route } from "./route.ts";
import { listenOnSocket } from "./unix-socket.ts";

export const SOCKET_NAME = "server.sock";

export interface ApiServerOptions {
  readonly routes: readonly Route[];
  readonly accounts: Accounts;
  /** Where to listen on the network; port 0 takes any. */
  readonly tls: KeyPair & { readonly host: string; readonly port: number };
  /** The authority's root certificate, PEM: what `bulkhead login` pins. */
  readonly authority: () => string;
  /** Where `server.sock` is made: nobody else may write there. */
  readonly dataDirectory: string;
  readonly events: EventFeed;
  readonly journal: Journal;
  /** Told of requests that were not let through, for the audit log. */
  readonly refused?: (refused: RefusedRequest) => void;
  /** Of the server, for the API's description. */
  readonly version: string;
  /** Why requests cannot be served yet, for `/readyz`; undefined when they can. */
  readonly waitingFor?: () => string | undefined;
  readonly measures?: readonly Measure[];
  readonly rates?: Partial<RateLimits>;
  readonly bounds?: Partial<Bounds>;
  readonly beatMilliseconds?: number;
  /** The dashboard; without it there is the API alone. */
  readonly pages?: Pages;
  /** Where people sign in elsewhere; without it nobody does. */
  readonly provider?: ProviderDoor;
}

export interface ApiServer extends AsyncDisposable {
  readonly port: number;
  /** For connections from now on. Throws `server/certificate-unusable`, and then the old one stays. */
  setCertificate(pair: KeyPair): void;
}

const DEFAULT_RATES: RateLimits = { requests: 1_200, failures: 20, attempts: 30 };
const BEAT_MILLISECONDS = 15_000;

/** Listens until it is disposed of. Throws `server/listen-failed`, `server/already-running`, `server/certificate-unusable`. */
export async function apiServer(options: ApiServerOptions): Promise<ApiServer> {
  const bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
  const https = httpsServer(options.tls, bounds);
  const local = socketServer(bounds);
  const frame = frameOptions(options);
  await using opened = new AsyncDisposableStack();
  opened.defer(closerOf(local));
  opened.defer(closerOf(https));
  await buildFrame({ ...frame, door: "socket", server: local });
  await buildFrame({ ...frame, door: "tls", server: https });
  await listenOnSocket(local, join(options.dataDirectory, SOCKET_NAME));
  const port = await listenOn(https, { host: options.tls.host, port: options.tls.port });
  const open = opened.move();
  return {
    port,
    setCertificate: (pair) => replaceCertificate(https, pair),
    [Symbol.asyncDispose]: async () => {
      options.events.end("the server stops");
      await open.disposeAsync();
    },
  };
}

function frameOptions(options: ApiServerOptions): Omit<FrameOptions, "door" | "server"> {
  const { accounts, journal, events, version, authority, waitingFor = () => undefined } = options;
  const listeners: Measure = {
    name: "bulkhead_server_event_listeners",
    type: "gauge",
    help: "Who listens to events at the moment.",
    read: () => [{ value: events.listeners }],
  };
  const metrics = metricsOf([listeners, ...(options.measures ?? [])]);
  const { beatMilliseconds = BEAT_MILLISECONDS } = options;
  const own = ownRoutes(
    { version, waitingFor, events, metrics, authority, beatMilliseconds },
    options.routes,
  );
  const rates = { ...DEFAULT_RATES, ...options.rates };
  const { pages, provider, refused } = options;
  const all = [...own, ...options.routes];
  return { routes: all, accounts, journal, metrics, rates, pages, provider, refused };
}
