/** Approvals of the policy's versions: a second person's word, before a version is made active. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import type { Principal } from "../accounts/principal.ts";
import { type Route, route } from "../http/route.ts";
import { approvalDoubts } from "./approval-doubts.ts";
import type { ApiParts } from "./parts.ts";
import { VersionDetails } from "./shapes.ts";
import { versionDetails } from "./version-views.ts";

const Numbered = z.strictObject({ number: z.coerce.number().int().positive() });
const PATH = "/api/v1/policies/:number";

export function approvalRoutes(parts: ApiParts): readonly Route[] {
  const { approvals, note } = parts;
  return [
    route({
      method: "GET",
      path: PATH,
      role: "viewer",
      summary: "A version, and who has approved it",
      params: Numbered,
      answer: VersionDetails,
      handler: (_context, { params }) => versionDetails(parts, params.number),
    }),
    route({
      method: "POST",
      path: `${PATH}/approval`,
      role: "approver",
      summary:
        "Approves a version, in the place of an earlier approval of the same account; by whoever signed in by password or provider and is not its author",
      params: Numbered,
      body: z.strictObject({ note: z.string().max(4_096) }),
      answer: VersionDetails,
      handler: async ({ principal }, { params: { number }, body }) => {
        const account = personOf(principal);
        const doubts = approvalDoubts(parts, number, principal);
        await approvals.approve(number, { account, note: body.note, doubts });
        const facts = { note: body.note, doubts };
        note({ kind: "policy-approved", who: principal.name, about: String(number), facts });
        return versionDetails(parts, number);
      },
    }),
    route({
      method: "DELETE",
      path: `${PATH}/approval`,
      role: "approver",
      summary: "Takes one's own approval back",
      params: Numbered,
      answer: VersionDetails,
      handler: ({ principal }, { params: { number } }) => {
        approvals.withdraw(number, personOf(principal));
        note({
          kind: "policy-approval-withdrawn",
          who: principal.name,
          about: String(number),
          facts: {},
        });
        return versionDetails(parts, number);
      },
    }),
  ];
}

/** A token is not a person, nobody knows who sits at the server's machine, and a link was made by somebody else. */
function personOf({ kind, account, method }: Principal): string {
  if (kind === "session" && account !== undefined && method !== "link") return account;
  const by = { token: "an API token", local: "the server's own socket", session: "a sign-in link" }[kind];
  throw new BulkheadError(
    "server/approval-refused",
    `${by} does not say which person this is, and an approval is a person's`,
  );
}
