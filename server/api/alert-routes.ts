/** Alerts: what is open, what was, and that somebody has seen it. */

import { z } from "zod";
import { alertKind } from "../alerts/alert-kinds.ts";
import { type Route, route } from "../http/route.ts";
import type { StoredAlert } from "../store/alerts/alert-store.ts";
import { AlertView } from "./alert-shapes.ts";
import type { ApiParts } from "./parts.ts";

export function alertRoutes({ alerts }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/alerts",
      role: "viewer",
      summary: "Alerts that are open; with all=true also those that are over, the newest first",
      query: z.strictObject({
        all: z.enum(["true", "false"]).optional(),
        limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
      }),
      answer: z.array(AlertView),
      handler: (_context, { query: { all, limit } }) =>
        (all === "true" ? alerts.latest(limit) : alerts.open().slice(-limit).reverse()).map(view),
    }),
    route({
      method: "POST",
      path: "/api/v1/alerts/:number/acknowledge",
      role: "editor",
      summary: "Says that somebody has seen it; it stays open until its cause is over",
      params: z.strictObject({ number: z.coerce.number().int() }),
      body: z.strictObject({ note: z.string().max(1_000).default("") }),
      answer: AlertView,
      handler: ({ principal }, { params, body }) =>
        view(alerts.acknowledge(params.number, principal.name, body.note)),
    }),
  ];
}

function view(alert: StoredAlert): z.input<typeof AlertView> {
  const { kind, severity, facts, acknowledged, resolvedAt } = alert;
  const known = alertKind(kind);
  return {
    ...alert,
    title: known?.title ?? kind,
    remedy: known?.remedy ?? "",
    severity: severity as z.input<typeof AlertView>["severity"],
    facts: { ...facts },
    acknowledged: acknowledged ?? null,
    resolvedAt: resolvedAt ?? null,
  };
}
