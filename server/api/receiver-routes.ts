/** Receivers of alerts, events and flows. Who may say where things are sent may send them anywhere, so all of this is an administrator's. */

import { z } from "zod";
import { placeOf, type Receiver, ReceiverSecrets, ReceiverSpec } from "../exports/receiver.ts";
import { type Route, route } from "../http/route.ts";
import type { ApiParts } from "./parts.ts";
import { ReceiverView } from "./receiver-shapes.ts";

const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "expected letters, digits, `.`, `_` and `-`");
const ByName = z.strictObject({ name: Name });
const Given = ReceiverSpec.extend({ secrets: ReceiverSecrets.default({}) });

export function receiverRoutes(parts: ApiParts): readonly Route[] {
  return [...reading(parts), ...setting(parts), ...working(parts)];
}

function reading({ exports, events }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/receivers",
      role: "administrator",
      summary: "Receivers of alerts, events and flows, and how far each was told; without secrets",
      answer: z.array(ReceiverView),
      handler: () => exports.all().map((receiver) => view(receiver, events.lastId())),
    }),
    route({
      method: "GET",
      path: "/api/v1/receivers/:name",
      role: "administrator",
      summary: "One receiver",
      params: ByName,
      answer: ReceiverView,
      handler: (_context, { params }) => view(exports.find(params.name), events.lastId()),
    }),
  ];
}

function setting({ exports, events, note }: ApiParts): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/receivers",
      role: "administrator",
      summary: "Adds a receiver; it is told what comes from now on, or from a moment on",
      body: Given.extend({ name: Name, since: z.number().int().min(0).optional() }),
      answer: ReceiverView,
      handler: ({ principal }, { body }) => {
        const { name, secrets, since, ...spec } = body;
        const added = exports.add({ name, spec, secrets, since, by: principal.name });
        note({ kind: "receiver-added", who: principal.name, about: name, facts: factsOf(added) });
        return view(added, events.lastId());
      },
    }),
    route({
      method: "PUT",
      path: "/api/v1/receivers/:name",
      role: "administrator",
      summary: "Changes a receiver, all of it; it goes on where it was. Secrets have to be given again",
      params: ByName,
      body: Given,
      answer: ReceiverView,
      handler: async ({ principal }, { params, body }) => {
        const { secrets, ...spec } = body;
        const changed = await exports.change(params.name, spec, secrets);
        note({ kind: "receiver-changed", who: principal.name, about: params.name, facts: factsOf(changed) });
        return view(changed, events.lastId());
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/receivers/:name",
      role: "administrator",
      summary: "Tells it nothing any more, and forgets how far it was told",
      params: ByName,
      answer: z.strictObject({ removed: z.literal(true) }),
      handler: async ({ principal }, { params }) => {
        await exports.remove(params.name);
        note({ kind: "receiver-removed", who: principal.name, about: params.name, facts: {} });
        return { removed: true } as const;
      },
    }),
  ];
}

function working({ exports, events, note }: ApiParts): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/receivers/:name/test",
      role: "administrator",
      summary: "Sends it something made up at once, and says whether it took it",
      params: ByName,
      body: z.strictObject({}),
      answer: z.strictObject({ delivered: z.boolean(), why: z.string().nullable() }),
      handler: async ({ principal }, { params }) => {
        const tried = await exports.test(params.name, principal.name);
        const why = tried.delivered ? null : tried.why;
        const facts = { delivered: tried.delivered, why };
        note({ kind: "receiver-tested", who: principal.name, about: params.name, facts });
        return { delivered: tried.delivered, why };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/receivers/:name/pause",
      role: "administrator",
      summary: "Tells it nothing until it is resumed; what happens meanwhile is told then",
      params: ByName,
      body: z.strictObject({}),
      answer: ReceiverView,
      handler: async ({ principal }, { params }) => {
        const paused = await exports.pause(params.name);
        note({ kind: "receiver-paused", who: principal.name, about: params.name, facts: {} });
        return view(paused, events.lastId());
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/receivers/:name/resume",
      role: "administrator",
      summary: "Goes on where it was paused",
      params: ByName,
      body: z.strictObject({}),
      answer: ReceiverView,
      handler: async ({ principal }, { params }) => {
        const resumed = await exports.resume(params.name);
        note({ kind: "receiver-resumed", who: principal.name, about: params.name, facts: {} });
        return view(resumed, events.lastId());
      },
    }),
  ];
}

/** For the record of who did what: without secrets, which a path may be as well. */
function factsOf({ spec }: Receiver): Readonly<Record<string, unknown>> {
  const { target, what, choice } = spec;
  return { kind: target.kind, to: placeOf(target), what, choice };
}

function view({ name, spec, secrets, progress, ...receiver }: Receiver, lastEvent: number): ReceiverView {
  const { createdAt, createdBy, pausedAt } = receiver;
  const { event, flows, failingSince, ...told } = progress;
  const state = pausedAt !== undefined ? "paused" : failingSince !== null ? "failing" : "delivering";
  const { headers, key: _, ...named } = secrets;
  return {
    ...{ name, ...spec, createdAt, createdBy, state, failingSince, ...told },
    secrets: [...Object.keys(named), ...Object.keys(headers ?? {})],
    pausedAt: pausedAt ?? null,
    eventsBehind: Math.max(0, lastEvent - event),
    flowsUntil: spec.what.includes("flows") ? flows.moment : null,
  };
}
