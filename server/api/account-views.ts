/** Accounts and sessions in the shapes of the API. */

import type { Account } from "../accounts/people.ts";
import type { SignInMethod } from "../accounts/sign-in-method.ts";
import type { SessionRow } from "../store/accounts/session-store.ts";
import type { AccountView, SessionView } from "./account-shapes.ts";

export function accountView({ scope, ...account }: Account): AccountView {
  return { ...account, scope: scope === undefined ? null : [...scope] };
}

/** @param own the id of the session that asks. */
export function sessionView({ method, ...session }: SessionRow, own: string | undefined): SessionView {
  // The store's own check has let it in.
  return { ...session, method: method as SignInMethod, isThis: session.id === own };
}
