/** The authority: which roots are trusted, and how one is exchanged for another while hosts go on. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { ApiParts } from "./parts.ts";
import { Moment } from "./shapes.ts";

const AuthorityView = z.strictObject({
  /** The one that signs first. */
  roots: z.array(z.strictObject({ generation: z.number().int(), fingerprint: z.string(), notAfter: Moment })),
  /** Hosts whose certificates only an older root has signed. */
  waiting: z.array(z.string()),
});

/** Of hosts that an error names. */
const NAMED = 10;

export function authorityRoutes({ authority, hosts, rootsChanged, note, now }: ApiParts): readonly Route[] {
  const waiting = () => hosts.withoutRoot(authority.generation).map(({ name }) => name);
  const view = () => ({ roots: authority.trusted.map((root) => ({ ...root })), waiting: waiting() });
  return [
    route({
      method: "GET",
      path: "/api/v1/authority",
      role: "viewer",
      summary: "The roots that are trusted, and which hosts an older one alone has certified",
      answer: AuthorityView,
      handler: view,
    }),
    route({
      method: "POST",
      path: "/api/v1/authority/rotate",
      role: "administrator",
      summary: "From now on a new root signs; the one before stays trusted until it is retired",
      answer: AuthorityView,
      handler: async ({ principal }) => {
        const before = authority.fingerprint;
        await authority.rotate(now());
        await rootsChanged("the authority has a new root");
        const { fingerprint } = authority;
        const facts = { fingerprint, before };
        note({ kind: "authority-rotated", who: principal.name, about: "authority", facts });
        return view();
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/authority/retire",
      role: "administrator",
      summary: "Trusts the newest root alone",
      body: z.strictObject({ force: z.boolean().default(false) }),
      answer: AuthorityView,
      handler: async ({ principal }, { body }) => {
        const lost = authority.trusted.length > 1 ? waiting() : [];
        if (lost.length > 0 && !body.force) throw wouldLose(lost);
        authority.retire();
        await rootsChanged("the authority's old root is retired");
        note({ kind: "authority-retired", who: principal.name, about: "authority", facts: { lost } });
        return view();
      },
    }),
  ];
}

function wouldLose(names: readonly string[]): BulkheadError {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return new BulkheadError(
    "server/authority-rotation",
    `${names.length} hosts have no certificate from the new root yet: ${names.slice(0, NAMED).join(", ")}${more}`,
    {
      remedy:
        "Hosts that are connected renew by themselves; those that are gone would have to join anew: revoke them, wait for them, or use --force.",
    },
  );
}
