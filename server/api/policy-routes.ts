/** The policy's versions: pushed as drafts, provisioned, rolled back. */

import { LIMITS } from "@bulkhead/shared/policy/limits.ts";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { ApiParts } from "./parts.ts";
import { ActivationView, InventoryHost, PolicyFile, ProblemView, VersionView } from "./shapes.ts";

const Numbered = z.strictObject({ number: z.coerce.number().int().positive() });
const Provisioned = z.strictObject({ version: z.number().int(), hosts: z.number().int() });

export function policyRoutes({ versions, estate, provisioning, note }: ApiParts): readonly Route[] {
  const active = () => versions.activations()[0]?.policy;
  const provisioned = (number: number) => ({
    version: number,
    hosts: estate.hosts().filter(({ name }) => estate.isConnected(name)).length,
  });
  return [
    route({
      method: "GET",
      path: "/api/v1/policies",
      role: "viewer",
      summary: "All versions of the policy, the newest first",
      answer: z.array(VersionView),
      handler: () => versions.all().map((version) => ({ ...version, active: version.number === active() })),
    }),
    route({
      method: "POST",
      path: "/api/v1/policies",
      role: "editor",
      summary:
        "Checks policy files, proves their invariants and keeps them as a draft; with errors nothing is kept",
      bodyLimit: 2 * LIMITS.totalBytes,
      body: z.strictObject({
        files: z.array(PolicyFile).min(1).max(LIMITS.files),
        message: z.string().max(4_096),
      }),
      answer: z.strictObject({ number: z.number().int().nullable(), problems: z.array(ProblemView) }),
      handler: async ({ principal }, { body }) => {
        const { number, problems } = await provisioning.push(body.files, {
          author: principal.name,
          message: body.message,
        });
        if (number !== undefined)
          note({
            kind: "policy-pushed",
            who: principal.name,
            about: String(number),
            facts: { message: body.message },
          });
        return { number: number ?? null, problems: problems.map(({ ...problem }) => problem) };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/policies/:number/files",
      role: "viewer",
      summary: "The files of a version",
      params: Numbered,
      answer: z.array(PolicyFile),
      handler: (_context, { params }) => versions.files(params.number).map((file) => ({ ...file })),
    }),
    route({
      method: "POST",
      path: "/api/v1/policies/:number/provision",
      role: "approver",
      summary: "Makes a version the active one on all hosts, each on probation of its own",
      params: Numbered,
      answer: Provisioned,
      handler: async ({ principal }, { params }) => {
        await provisioning.provision(params.number, principal.name);
        return provisioned(params.number);
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/rollback",
      role: "approver",
      summary: "Makes the version active that was active before",
      answer: Provisioned,
      handler: ({ principal }) => {
        const number = versions.before();
        estate.provision(number, principal.name, "rollback");
        return provisioned(number);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/activations",
      role: "viewer",
      summary: "Which version was made active when, and by whom, the newest first",
      answer: z.array(ActivationView),
      handler: () => versions.activations().map(({ id, ...activation }) => ({ revision: id, ...activation })),
    }),
    route({
      method: "GET",
      path: "/api/v1/inventory",
      role: "viewer",
      summary:
        "The hosts that a policy is resolved with: those that joined, and those of the active policy without an agent",
      answer: z.array(InventoryHost),
      handler: () => {
        const joined = new Set(estate.hosts().map(({ name }) => name));
        return [...estate.distribution.hosts.values()].map(({ name, addresses, labels }) => ({
          name,
          addresses: [...addresses],
          labels: { ...labels },
          managed: joined.has(name),
        }));
      },
    }),
  ];
}
