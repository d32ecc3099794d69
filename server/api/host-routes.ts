/** Hosts: who they are, whether they enforce what they should, and what operators do with them. */

import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { StoredHost } from "../store/estate/host-store.ts";
import type { ApiParts } from "./parts.ts";
import { Block, HostDetails, HostView, Labels, Name } from "./shapes.ts";

const Named = z.strictObject({ name: Name });

export function hostRoutes(parts: ApiParts): readonly Route[] {
  const { estate, disconnect } = parts;
  return [
    route({
      method: "GET",
      path: "/api/v1/hosts",
      role: "viewer",
      summary: "All hosts that have joined, and whether each enforces what it should",
      query: z.strictObject({ revoked: z.enum(["true", "false"]).optional() }),
      answer: z.array(HostView),
      handler: (_context, { query }) =>
        estate
          .hosts()
          .filter(({ revokedAt }) => revokedAt === undefined || query.revoked === "true")
          .map((host) => view(parts, host)),
    }),
    route({
      method: "GET",
      path: "/api/v1/hosts/:name",
      role: "viewer",
      summary: "All that is known of a host",
      params: Named,
      answer: HostDetails,
      handler: (_context, { params }) => details(parts, estate.host(params.name)),
    }),
    route({
      method: "PUT",
      path: "/api/v1/hosts/:name/labels",
      role: "editor",
      summary: "Gives a host these labels and no others",
      params: Named,
      body: z.strictObject({ labels: Labels }),
      answer: HostView,
      handler: ({ principal }, { params, body }) => {
        estate.label(params.name, body.labels, principal.name);
        return view(parts, estate.host(params.name));
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/hosts/:name/revoke",
      role: "administrator",
      summary: "Refuses the host from now on: its connection, its certificate, its addresses in groups",
      params: Named,
      answer: HostView,
      handler: ({ principal }, { params }) => {
        estate.revoke(params.name, principal.name);
        disconnect(params.name);
        return view(parts, estate.host(params.name));
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/hosts/:name/isolate",
      role: "approver",
      summary: "Cuts a host off from all but the server and these blocks",
      params: Named,
      body: z.strictObject({ management: z.array(Block).max(100) }),
      answer: HostView,
      handler: ({ principal }, { params, body }) => {
        estate.isolate(params.name, body.management, principal.name);
        return view(parts, estate.host(params.name));
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/hosts/:name/release",
      role: "approver",
      summary: "Ends a host's isolation",
      params: Named,
      answer: HostView,
      handler: ({ principal }, { params }) => {
        estate.release(params.name, principal.name);
        return view(parts, estate.host(params.name));
      },
    }),
  ];
}

function view({ estate }: ApiParts, host: StoredHost): z.input<typeof HostView> {
  const { name, labels, addresses, joinedAt, seenAt, lapsedAt, isolated, state } = host;
  return {
    name,
    labels: { ...labels },
    addresses: [...addresses],
    segments: [...(estate.distribution.record(name)?.segments ?? [])],
    connected: estate.isConnected(name),
    joinedAt,
    seenAt: seenAt ?? null,
    leaseEndsAt: estate.leaseEnds(host) ?? null,
    lapsedAt: lapsedAt ?? null,
    isolated: isolated === undefined ? null : [...isolated],
    sync: { ...estate.sync(host) },
    version: state?.version ?? null,
    follows: estate.distribution.follows(name)?.version ?? null,
    modes: state?.modes ?? null,
    since: state?.since ?? null,
  };
}

function details(parts: ApiParts, host: StoredHost): z.input<typeof HostDetails> {
  const { blocks, token, revokedAt, state, stateAt, inventory, name } = host;
  return {
    ...view(parts, host),
    blocks: [...blocks],
    token: token ?? null,
    revokedAt: revokedAt ?? null,
    expected: parts.estate.distribution.expected(name) ?? null,
    state: state ?? null,
    stateAt: stateAt ?? null,
    inventory: inventory ?? null,
  };
}
