/** What the frame answers itself: health, metrics, events, who one is, the authority, and the description of it all. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import { ROLES } from "../accounts/role.ts";
import type { EventFeed } from "./event-feed.ts";
import type { Metrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { type Context, type Route, route, textOf } from "./route.ts";

export interface OwnRoutesOptions {
  readonly version: string;
  /** Why requests cannot be served yet; undefined when they can. */
  readonly waitingFor: () => string | undefined;
  readonly events: EventFeed;
  readonly metrics: Metrics;
  /** The authority's root certificate, PEM. */
  readonly authority: () => string;
  readonly beatMilliseconds: number;
}

const Well = z.strictObject({ ok: z.literal(true) });
const Me = z.strictObject({
  kind: z.enum(["token", "session", "local"]),
  name: z.string(),
  role: z.enum(ROLES),
  /** The names of the segments to which an editor is limited; null for no limit. */
  scope: z.array(z.string()).nullable(),
});

/** `routes`: those that are described besides. */
export function ownRoutes(options: OwnRoutesOptions, routes: readonly Route[]): readonly Route[] {
  const own = [...healthRoutes(options), ...tellingRoutes(options)];
  const all = [...own, ...routes];
  const described = route({
    method: "GET",
    path: "/api/v1/openapi.json",
    role: "viewer",
    summary: "This description",
    answer: z.record(z.string(), z.unknown()),
    handler: () => document,
  });
  const document = openApi([...all, described], options.version);
  return [...own, described];
}

function healthRoutes({ waitingFor, authority }: OwnRoutesOptions): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/healthz",
      role: "anyone",
      summary: "Whether the server answers",
      answer: Well,
      handler: () => ({ ok: true }) as const,
    }),
    route({
      method: "GET",
      path: "/readyz",
      role: "anyone",
      summary: "Whether the server can serve requests",
      answer: Well,
      handler: () => {
        const reason = waitingFor();
        if (reason !== undefined) throw new BulkheadError("server/not-ready", reason);
        return { ok: true } as const;
      },
    }),
    route({
      method: "GET",
      path: "/authority.pem",
      role: "anyone",
      summary: "The root certificate; compare its fingerprint before trusting it",
      answer: textOf("application/x-pem-file"),
      handler: () => authority(),
    }),
  ];
}

function tellingRoutes({ metrics, events, beatMilliseconds }: OwnRoutesOptions): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/metrics",
      role: "viewer",
      summary: "Metrics for Prometheus",
      answer: textOf(metrics.mediaType),
      handler: () => metrics.text(),
    }),
    route({
      method: "GET",
      path: "/api/v1/me",
      role: "viewer",
      summary: "Who one is, and what one may do",
      answer: Me,
      handler: ({ principal: { kind, name, role, scope } }) => ({
        ...{ kind, name, role },
        scope: scope === undefined ? null : [...scope],
      }),
    }),
    route({
      method: "GET",
      path: "/api/v1/events",
      role: "viewer",
      summary: "What happens, as server-sent events; Last-Event-ID goes on after that one",
      answer: { kind: "events" },
      handler: (context) => listen(events, context, beatMilliseconds),
    }),
  ];
}

/** Whoever is no longer allowed to listen hears no more than until the next heartbeat. */
function listen(events: EventFeed, context: Context, beatMilliseconds: number): AsyncIterable<string> {
  const { signal } = context;
  const listener = events.listen({ after: context.header("last-event-id"), signal });
  const beat = setInterval(() => {
    if (context.isStillAllowed()) listener.beat();
    else listener.end("the session or token has ended");
  }, beatMilliseconds);
  signal.addEventListener("abort", () => clearInterval(beat), { once: true });
  return listener.events;
}
