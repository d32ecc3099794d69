/** The policy's versions: pushed as drafts, provisioned, rolled back. */

import { LIMITS } from "@bulkhead/shared/policy/limits.ts";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { ApiParts } from "./parts.ts";
import { ActivationView, InventoryHost, PolicyFile, ProblemView, VersionView } from "./shapes.ts";
import { versionViews } from "./version-views.ts";

const Numbered = z.strictObject({ number: z.coerce.number().int().positive() });
const Provisioned = z.strictObject({ version: z.number().int(), hosts: z.number().int() });

export function policyRoutes(parts: ApiParts): readonly Route[] {
  const { versions, estate, provisioning, approvals, note } = parts;
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
      handler: () => versionViews(parts),
    }),
    route({
      method: "POST",
      path: "/api/v1/policies",
      role: "editor",
      minds: "scope",
      summary:
        "Checks policy files, proves their invariants and keeps them as a draft; with errors, or changes beyond the asker's scope, nothing is kept",
      bodyLimit: 2 * LIMITS.totalBytes,
      body: z.strictObject({
        files: z.array(PolicyFile).min(1).max(LIMITS.files),
        message: z.string().max(4_096),
      }),
      answer: z.strictObject({ number: z.number().int().nullable(), problems: z.array(ProblemView) }),
      handler: async ({ principal }, { body }) => {
        const { number, problems } = await provisioning.push(body.files, {
          author: principal.name,
          account: principal.account,
          scope: principal.scope,
          message: body.message,
        });
        const { message } = body;
        const who = principal.name;
        if (number === undefined) {
          const errors = problems.filter(({ severity }) => severity === "error");
          const facts = { message, errors: errors.length, first: errors[0]?.message ?? null };
          note({ kind: "draft-refused", who, about: "draft", facts });
        } else {
          const { digest, at } = versions.find(number);
          note({ kind: "policy-pushed", who, about: String(number), facts: { message, digest, made: at } });
        }
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
        const { needed, by } = await provisioning.provision(params.number, principal);
        if (needed > 0)
          note({
            kind: "policy-approvals-met",
            who: principal.name,
            about: String(params.number),
            facts: { needed, by },
          });
        return provisioned(params.number);
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/rollback",
      role: "approver",
      summary:
        "Makes the version active that was active before; in an emergency without approval, which alarms",
      answer: Provisioned,
      handler: ({ principal }) => {
        estate.assertNoRollout();
        const number = versions.before();
        const { needed } = approvals;
        const given = approvals.counts().get(number) ?? 0;
        estate.provision(number, principal.name, "rollback");
        if (given < needed)
          note({
            kind: "policy-rolled-back-unapproved",
            who: principal.name,
            about: String(number),
            facts: { needed, given },
          });
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
