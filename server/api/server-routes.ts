/** The server itself: how it is, what happened, its settings. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import { SETTINGS, type Settings, settingsProblem } from "../store/estate/settings.ts";
import type { ApiParts } from "./parts.ts";
import { EventView, SettingView, StatusView } from "./shapes.ts";

const KEYS = Object.keys(SETTINGS) as (keyof Settings)[];
const SettingChanges = z
  .strictObject(
    Object.fromEntries(KEYS.map((key) => [key, z.number()])) as Record<keyof Settings, z.ZodNumber>,
  )
  .partial();

export function serverRoutes(parts: ApiParts): readonly Route[] {
  const { estate, events, settings, authority, versions, version, startedAt, agentsUrl, note } = parts;
  return [
    route({
      method: "GET",
      path: "/api/v1/status",
      role: "viewer",
      summary: "How the server is",
      answer: StatusView,
      handler: () => {
        const joined = estate.hosts().filter(({ revokedAt }) => revokedAt === undefined);
        return {
          version,
          startedAt,
          fingerprint: authority.fingerprint,
          agents: agentsUrl(),
          policy: versions.activations()[0]?.policy ?? null,
          hosts: {
            joined: joined.length,
            connected: joined.filter(({ name }) => estate.isConnected(name)).length,
            inSync: joined.filter((host) => estate.sync(host).state === "in-sync").length,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/history",
      role: "viewer",
      summary: "What happened, the newest first",
      query: z.strictObject({
        about: z.string().max(128).optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
      answer: z.array(EventView),
      handler: (_context, { query: { about, limit } }) =>
        events
          .latest({ most: limit, ...(about !== undefined && { about }) })
          .map(({ id, at, kind, who, about, facts }) => ({ id, at, kind, who, about, facts: { ...facts } })),
    }),
    route({
      method: "POST",
      path: "/api/v1/backups",
      role: "administrator",
      summary:
        "Copies everything that the server keeps into a new directory on its machine; only asked there",
      body: z.strictObject({ directory: z.string().startsWith("/").max(4_096) }),
      answer: z.strictObject({
        directory: z.string(),
        files: z.array(z.string()),
        bytes: z.number().int(),
        /** `NUMBER:HASH` of the last entry of the audit log that is in it. */
        auditHead: z.string().nullable(),
      }),
      handler: async ({ principal }, { body }) => {
        if (principal.kind !== "local")
          throw new BulkheadError("server/role-too-low", "a backup is made on the server's own machine");
        const made = await parts.backup(body.directory);
        const { directory, bytes, head } = made;
        note({
          kind: "backup-made",
          who: principal.name,
          about: "server",
          facts: { directory, bytes, head },
        });
        return { directory, bytes, files: [...made.files], auditHead: head };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/settings",
      role: "viewer",
      summary: "Settings of the server, each with what it is for, its default and its bounds",
      answer: z.array(SettingView),
      handler: () => viewsOf(settings.all()),
    }),
    route({
      method: "PATCH",
      path: "/api/v1/settings",
      role: "administrator",
      summary: "Changes settings, all that are named or none",
      body: SettingChanges,
      answer: z.array(SettingView),
      handler: ({ principal }, { body }) => {
        const changes = body as Partial<Settings>;
        const problem = settingsProblem({ ...settings.all(), ...changes });
        if (problem !== undefined) throw new BulkheadError("server/invalid-request", problem);
        const before = settings.all();
        const from = Object.fromEntries(
          Object.keys(changes).map((key) => [key, before[key as keyof Settings]]),
        );
        const event = { kind: "settings-changed", who: principal.name, about: "settings" };
        events.whole(
          () => {
            settings.change(changes);
            note({ ...event, facts: { from, to: changes } });
          },
          () => settings.readAgain(),
        );
        const { approvals } = settings.all();
        if (before.approvals !== approvals)
          note({
            kind: "approvals-changed",
            who: principal.name,
            about: "approvals",
            facts: { from: before.approvals, to: approvals },
          });
        return viewsOf(settings.all());
      },
    }),
  ];
}

function viewsOf(all: Settings): z.infer<typeof SettingView>[] {
  return KEYS.map((key) => ({ key, value: all[key], ...SETTINGS[key] }));
}
