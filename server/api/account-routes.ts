/** The accounts of people, as administrators see to them. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import type { Account } from "../accounts/people.ts";
import type { Principal } from "../accounts/principal.ts";
import { ROLES } from "../accounts/role.ts";
import { type Route, route } from "../http/route.ts";
import { AccountName, AccountView, Password, Scope, SessionView } from "./account-shapes.ts";
import { accountView, sessionView } from "./account-views.ts";
import type { ApiParts } from "./parts.ts";
import { Moment } from "./shapes.ts";

const Named = z.strictObject({ name: AccountName });
const PATH = "/api/v1/accounts";

export function accountRoutes(parts: ApiParts): readonly Route[] {
  return [...keptAccounts(parts), ...changes(parts), ...othersSessions(parts)];
}

function keptAccounts({ accounts, note }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: PATH,
      role: "administrator",
      summary: "All accounts, without their secrets",
      answer: z.array(AccountView),
      handler: () => accounts.people.all().map(accountView),
    }),
    route({
      method: "POST",
      path: PATH,
      role: "administrator",
      summary: "Makes an account; without a password, a sign-in link lets its owner choose one",
      body: z.strictObject({
        name: AccountName,
        role: z.enum(ROLES),
        scope: Scope.optional(),
        password: Password.optional(),
      }),
      answer: AccountView,
      handler: async ({ principal }, { body }) => {
        const { name, role, scope = null } = accountView(await accounts.people.create(body));
        note({ kind: "account-made", who: principal.name, about: name, facts: { role, scope } });
        return accountView(accounts.people.find(name));
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/:name`,
      role: "administrator",
      summary: "An account, without its secrets",
      params: Named,
      answer: AccountView,
      handler: (_context, { params }) => accountView(accounts.people.find(params.name)),
    }),
    route({
      method: "DELETE",
      path: `${PATH}/:name`,
      role: "administrator",
      summary: "Takes an account away, and its sessions",
      params: Named,
      answer: z.strictObject({ removed: z.literal(true) }),
      handler: ({ principal }, { params: { name } }) => {
        assertOther(principal, name);
        accounts.people.remove(name);
        note({ kind: "account-removed", who: principal.name, about: name, facts: {} });
        return { removed: true } as const;
      },
    }),
  ];
}

function changes({ accounts, note }: ApiParts): readonly Route[] {
  const changed = (kind: string, { name }: Principal, account: Account, facts = {}) => {
    note({ kind, who: name, about: account.name, facts });
    return accountView(account);
  };
  const act = (
    action: "disable" | "enable" | "unlock" | "resetSecondFactor",
    { path, kind, summary }: { readonly path: string; readonly kind: string; readonly summary: string },
  ) =>
    route({
      method: "POST",
      path: `${PATH}/:name/${path}`,
      role: "administrator",
      summary,
      params: Named,
      answer: AccountView,
      handler: ({ principal }, { params }) => {
        if (action === "disable") assertOther(principal, params.name);
        return changed(kind, principal, accounts.people[action](params.name));
      },
    });
  return [
    route({
      method: "PUT",
      path: `${PATH}/:name/role`,
      role: "administrator",
      summary: "Gives an account another role",
      params: Named,
      body: z.strictObject({ role: z.enum(ROLES) }),
      answer: AccountView,
      handler: ({ principal }, { params: { name }, body: { role } }) => {
        assertOther(principal, name);
        const { role: from } = accounts.people.find(name);
        return changed("account-role-changed", principal, accounts.people.setRole(name, role), {
          from,
          to: role,
        });
      },
    }),
    route({
      method: "PUT",
      path: `${PATH}/:name/scope`,
      role: "administrator",
      summary: "Limits an editor to segments; null takes the limit away",
      params: Named,
      body: z.strictObject({ scope: Scope.nullable() }),
      answer: AccountView,
      handler: ({ principal }, { params: { name }, body: { scope } }) => {
        const { scope: from = null } = accounts.people.find(name);
        const account = accounts.people.setScope(name, scope ?? undefined);
        return changed("account-scope-changed", principal, account, { from, to: scope });
      },
    }),
    route({
      method: "PUT",
      path: `${PATH}/:name/password`,
      role: "administrator",
      summary: "Sets an account's password; its sessions end, and a lock with them",
      params: Named,
      body: z.strictObject({ password: Password }),
      answer: AccountView,
      handler: async ({ principal }, { params: { name }, body }) =>
        changed("account-password-set", principal, await accounts.people.setPassword(name, body.password)),
    }),
    act("disable", {
      path: "disable",
      kind: "account-disabled",
      summary: "Lets nobody sign in to the account, and ends its sessions",
    }),
    act("enable", {
      path: "enable",
      kind: "account-enabled",
      summary: "Lets its owner sign in to the account again",
    }),
    act("unlock", {
      path: "unlock",
      kind: "account-unlocked",
      summary: "Lifts the lock that failures to sign in have led to",
    }),
    act("resetSecondFactor", {
      path: "reset-second-factor",
      kind: "account-second-factor-reset",
      summary: "Takes the account's second factor and recovery codes away, and ends its sessions",
    }),
  ];
}

function othersSessions({ accounts, note, apiUrl }: ApiParts): readonly Route[] {
  return [
    route({
      method: "POST",
      path: `${PATH}/:name/sign-in-links`,
      role: "administrator",
      summary: "A link that signs in to the account once, within the hour, and may set its password",
      params: Named,
      answer: z.strictObject({ url: z.string(), expiresAt: Moment }),
      handler: ({ principal }, { params: { name } }) => {
        accounts.people.find(name);
        const { secret, expiresAt } = accounts.makeSignInLink(name);
        note({ kind: "sign-in-link-made", who: principal.name, about: name, facts: {} });
        return { url: `${apiUrl()}/signin/${secret}`, expiresAt };
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/:name/sessions`,
      role: "administrator",
      summary: "The account's open sessions",
      params: Named,
      answer: z.array(SessionView),
      handler: ({ principal }, { params }) =>
        accounts.sessions
          .of(accounts.people.find(params.name).name)
          .map((session) => sessionView(session, principal.session)),
    }),
    route({
      method: "DELETE",
      path: `${PATH}/:name/sessions/:id`,
      role: "administrator",
      summary: "Ends one of the account's sessions",
      params: z.strictObject({ name: AccountName, id: z.string().max(64) }),
      answer: z.strictObject({ ended: z.literal(true) }),
      handler: ({ principal }, { params: { name, id } }) => {
        accounts.sessions.endOf(accounts.people.find(name).name, id);
        note({ kind: "session-ended", who: principal.name, about: name, facts: { session: id } });
        return { ended: true } as const;
      },
    }),
  ];
}

/** Whoever takes their own rights away may be the last who has them, and did not mean it. */
function assertOther({ kind, name }: Principal, account: string): void {
  if (kind === "session" && name === account)
    throw new BulkheadError(
      "server/invalid-request",
      "this is your own account; somebody else has to do that",
    );
}
