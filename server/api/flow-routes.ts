/** What hosts have seen: who talked to whom, what was denied and why. */

import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import type { ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { HeldVersions, Span } from "../store/audit/held-versions.ts";
import type { FlowEnd, JoinedFlow, Judged } from "../store/flows/joined-flow.ts";
import { FlowPageView, type FlowView, LossView, SummaryView, TimelineView, Verdict } from "./flow-shapes.ts";
import type { ApiParts } from "./parts.ts";
import { Moment } from "./shapes.ts";

const Text = z.string().min(1).max(256).optional();
const FilterQuery = z.strictObject({
  since: z.coerce.number().int().min(0),
  until: z.coerce.number().int().min(0).optional(),
  from: Text,
  to: Text,
  peer: Text,
  segment: Text,
  host: Text,
  unit: Text,
  service: Text,
  /** Several, with commas between them. */
  verdict: z.string().max(40).optional(),
  unconfirmed: z.enum(["true", "false"]).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
});

export function flowRoutes({ flows, reports, agentsEnds }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/flows",
      role: "viewer",
      summary: "Flows, the newest first, each joined from both of its ends",
      query: FilterQuery.extend({ cursor: z.string().max(512).optional() }),
      answer: FlowPageView,
      handler: (_context, { query }) => {
        const { cursor, limit } = query;
        const page = flows.find({ ...filterOf(query), limit, ...(cursor !== undefined && { cursor }) });
        const held = reports.held(spanOf(page.flows));
        const isServer = serverAmong(agentsEnds());
        return { flows: page.flows.map((flow) => view(flow, held, isServer)), next: page.next ?? null };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/flows/summary",
      role: "viewer",
      summary: "Flows added up for a map, by host or also by unit, and what was denied each minute",
      query: FilterQuery.extend({ by: z.enum(["host", "unit"]).default("host") }),
      answer: SummaryView,
      handler: (_context, { query: { by, ...query } }) => {
        const asked = { ...filterOf(query), limit: query.limit, by };
        const { edges, more, deniedPerMinute } = flows.summary(asked);
        const isServer = serverAmong(agentsEnds());
        return {
          edges: edges.map(({ protocol, service, source, destination, ...edge }) => ({
            ...edge,
            source: { ...source },
            destination: { ...destination, ...(isServer(destination, { protocol, service }) && SERVER) },
            service: serviceText({ protocol, service }),
          })),
          more,
          deniedPerMinute: deniedPerMinute.map((minute) => ({ ...minute })),
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/flows/timeline",
      role: "viewer",
      summary: "Connections by time and verdict, in slots of so many seconds",
      query: FilterQuery.omit({ limit: true }).extend({
        step: z.coerce.number().int().min(10).max(86_400).default(60),
      }),
      answer: TimelineView,
      handler: (_context, { query: { step: seconds, ...query } }) => {
        const step = seconds * 1000;
        const slots = flows.timeline({ ...filterOf(query), step });
        return { step, slots: slots.map((slot) => ({ ...slot })) };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/losses",
      role: "viewer",
      summary: "What was not recorded, by host and kind",
      query: z.strictObject({ since: z.coerce.number().int().min(0), host: Text }),
      answer: z.array(LossView),
      handler: (_context, { query }) =>
        flows.losses(query.since, query.host).map(({ count, ...loss }) => ({
          ...loss,
          ...(count !== undefined && { count }),
        })),
    }),
    route({
      method: "GET",
      path: "/api/v1/flows/size",
      role: "viewer",
      summary: "How much is kept, and from when on",
      answer: z.strictObject({
        bytes: z.number().int(),
        fileBytes: z.number().int(),
        records: z.number().int(),
        oldest: Moment.nullable(),
      }),
      handler: () => {
        const { oldest, ...size } = flows.size();
        return { ...size, oldest: oldest ?? null };
      },
    }),
  ];
}

function filterOf(query: Omit<z.output<typeof FilterQuery>, "limit"> & { readonly limit?: number }) {
  const { since, verdict, unconfirmed, limit: _, ...rest } = query;
  const verdicts = verdict?.split(",").flatMap((text) => Verdict.safeParse(text).data ?? []);
  const given = Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => value !== undefined && key !== "cursor"),
  );
  return {
    ...given,
    since,
    ...(verdicts !== undefined && { verdicts }),
    ...(unconfirmed === "true" && { unconfirmed: true }),
  };
}

function spanOf(flows: readonly JoinedFlow[]): Span {
  const span = { start: Number.MAX_SAFE_INTEGER, end: 0 };
  for (const { start, end } of flows) {
    span.start = Math.min(span.start, start);
    span.end = Math.max(span.end, end);
  }
  return span;
}

const TCP = 6;
const SERVER = { server: true } as const;

type IsServer = (
  end: Partial<FlowEnd>,
  service: { readonly protocol: number; readonly service: number },
) => boolean;

/** Whether an end without a name is this server, as agents call it. */
function serverAmong(ends: readonly ServerEnd[]): IsServer {
  const known = new Set(ends.map(({ address, port }) => `${address} ${port}`));
  return ({ host, segment, address }, { protocol, service }) =>
    protocol === TCP && host === undefined && segment === undefined && known.has(`${address} ${service}`);
}

function view(flow: JoinedFlow, held: HeldVersions, isServer: IsServer): FlowView {
  const { protocol, service, source, destination, egress, ingress, ended: _, lasted: __, ...rest } = flow;
  const judged = (one: Judged | null) => one && { ...one, versions: held.between(one.host, flow) };
  return {
    ...rest,
    source: { ...source },
    destination: { ...destination, ...(isServer(destination, flow) && SERVER) },
    service: serviceText({ protocol, service }),
    egress: judged(egress),
    ingress: judged(ingress),
  };
}
