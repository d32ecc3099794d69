/** Accounts, and signing in elsewhere, in the running server. */

import { type Accounts, accountsOf } from "../accounts/accounts.ts";
import type { Authority } from "../authority/authority.ts";
import { Identity } from "../identity/identity.ts";
import { providerStore } from "../store/accounts/provider-store.ts";
import type { Context } from "./context.ts";
import type { RefusalSinks } from "./refusal-sinks.ts";

export interface People {
  readonly accounts: Accounts;
  readonly identity: Identity;
}

export function peopleOf(
  { stores: { database }, now, note, log, places }: Context,
  { authority, refusals }: { readonly authority: Authority; readonly refusals: RefusalSinks },
): People {
  const warn = (fields: object, words: string) => log.warn({ code: "sign-in", ...fields }, words);
  const accounts = accountsOf({
    ...{ database, now, warn, tell: note },
    fingerprint: () => authority.fingerprint.replace(/^sha256:/, ""),
    turnedAway: refusals.signIn,
  });
  const identity = new Identity({
    ...{ store: providerStore(database), accounts: accounts.provided, now, tell: note, warn },
    ownUrl: () => places.apiUrl,
  });
  return { accounts, identity };
}
