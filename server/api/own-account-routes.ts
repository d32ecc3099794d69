/** One's own account: password, second factor, sessions. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import type { Accounts } from "../accounts/accounts.ts";
import type { Principal } from "../accounts/principal.ts";
import { type Context, type Route, route } from "../http/route.ts";
import { AccountView, Code, Password, SessionView } from "./account-shapes.ts";
import { accountView, sessionView } from "./account-views.ts";
import type { ApiParts } from "./parts.ts";

const Proof = z.strictObject({ password: Password, code: Code.optional() });

export function ownAccountRoutes(parts: ApiParts): readonly Route[] {
  return [...ownAccount(parts), ...ownSecondFactor(parts), ...ownSessions(parts)];
}

function ownAccount({ accounts, note }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/me/account",
      role: "viewer",
      summary: "One's own account",
      answer: AccountView,
      handler: ({ principal }) => accountView(accounts.people.find(ownerOf(principal))),
    }),
    route({
      method: "PUT",
      path: "/api/v1/me/password",
      role: "viewer",
      summary:
        "Changes one's own password and ends one's other sessions; the present one is to be shown, but by who signed in by a link",
      body: z.strictObject({ next: Password, password: Password.optional(), code: Code.optional() }),
      answer: AccountView,
      handler: async (context, { body: { next, ...shown } }) => {
        const name = ownerOf(context.principal);
        if (!isByLink(accounts, context.principal)) await prove(accounts, context, shown);
        const account = await accounts.people.setPassword(name, next, context.principal.session);
        note({ kind: "account-password-set", who: name, about: name, facts: {} });
        return accountView(account);
      },
    }),
  ];
}

function ownSecondFactor({ accounts, note }: ApiParts): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/me/second-factor",
      role: "viewer",
      summary: "A secret for an authenticator, told once; it counts when a code of it was shown",
      body: Proof,
      answer: z.strictObject({ secret: z.string(), uri: z.string() }),
      handler: async (context, { body }) => {
        await prove(accounts, context, body);
        const name = ownerOf(context.principal);
        const offered = accounts.secondFactors.offer(name);
        note({ kind: "account-second-factor-offered", who: name, about: name, facts: {} });
        return offered;
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/me/second-factor/confirm",
      role: "viewer",
      summary:
        "The authenticator's first code: from now on a code is asked for. Tells the recovery codes, once",
      body: z.strictObject({ code: Code }),
      answer: z.strictObject({ recoveryCodes: z.array(z.string()) }),
      handler: async ({ principal, countAttempt }, { body }) => {
        await countAttempt();
        const name = ownerOf(principal);
        const recoveryCodes = [...accounts.secondFactors.confirm(name, body.code)];
        note({ kind: "account-second-factor-made", who: name, about: name, facts: {} });
        return { recoveryCodes };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/me/second-factor/remove",
      role: "viewer",
      summary: "Takes one's own second factor away",
      body: Proof,
      answer: AccountView,
      handler: async (context, { body }) => {
        await prove(accounts, context, body);
        const name = ownerOf(context.principal);
        accounts.secondFactors.remove(name);
        note({ kind: "account-second-factor-removed", who: name, about: name, facts: {} });
        return accountView(accounts.people.find(name));
      },
    }),
  ];
}

function ownSessions({ accounts, note }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/me/sessions",
      role: "viewer",
      summary: "One's own open sessions",
      answer: z.array(SessionView),
      handler: ({ principal }) =>
        accounts.sessions.of(ownerOf(principal)).map((session) => sessionView(session, principal.session)),
    }),
    route({
      method: "DELETE",
      path: "/api/v1/me/sessions/:id",
      role: "viewer",
      summary: "Ends one of one's own sessions",
      params: z.strictObject({ id: z.string().max(64) }),
      answer: z.strictObject({ ended: z.literal(true) }),
      handler: ({ principal }, { params: { id } }) => {
        const name = ownerOf(principal);
        accounts.sessions.endOf(name, id);
        note({ kind: "session-ended", who: name, about: name, facts: { session: id } });
        return { ended: true } as const;
      },
    }),
  ];
}

function ownerOf({ kind, name }: Principal): string {
  if (kind === "session") return name;
  throw new BulkheadError("server/invalid-request", "only who has signed in has an account of their own");
}

/** A link is made by an administrator: it is as good a proof as what it may set. */
function isByLink({ sessions }: Accounts, { name, session }: Principal): boolean {
  return sessions.of(name).some(({ id, method }) => id === session && method === "link");
}

async function prove(
  { signingIn }: Accounts,
  { principal, address, countAttempt }: Context,
  { password = "", code }: { readonly password?: string | undefined; readonly code?: string | undefined },
): Promise<void> {
  await countAttempt();
  await signingIn.prove({ account: ownerOf(principal), password, code, address });
}
