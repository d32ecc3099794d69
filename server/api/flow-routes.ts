/** What hosts have seen: who talked to whom, what was denied and why. */

import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import { FlowPageView, LossView, SummaryView, TimelineView, Verdict } from "./flow-shapes.ts";
import { flowView, SERVER, serverAmong, spanOf } from "./flow-view.ts";
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
        return { flows: page.flows.map((flow) => flowView(flow, held, isServer)), next: page.next ?? null };
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
