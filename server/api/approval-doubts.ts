/** What an approval by a second account cannot rule out: that both accounts are one person's. It is told, not refused: in a small team one administrator makes all accounts. */

import type { Principal } from "../accounts/principal.ts";
import type { StoredEvent } from "../store/estate/event-store.ts";
import type { ApiParts } from "./parts.ts";

/** What lets somebody into the account of another, in words. */
const OPENINGS: Readonly<Record<string, string>> = {
  "account-made": "made the account",
  "account-role-changed": "gave the account its role",
  "account-password-set": "set its password",
  "account-second-factor-reset": "took its second factor away",
  "sign-in-link-made": "made a sign-in link for it",
  "identity-provider-set": "set the provider at which it signs in",
};
const DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;
/** So many events about an account are looked at. */
const MOST_EVENTS = 1_000;

/** Of an approval of a version by this account: what its author did to the account in the last 30 days, in words. */
export function approvalDoubts(
  { versions, accounts, events, now }: Pick<ApiParts, "versions" | "accounts" | "events" | "now">,
  number: number,
  approver: Pick<Principal, "name">,
): readonly string[] {
  const { author, authorAccount } = versions.find(number);
  const account = authorAccount ?? author;
  const tokens = accounts.tokens().filter((token) => token.account === account);
  const names = new Set([account, ...tokens.map(({ name }) => name)]);
  const isOpening = ({ at, who, kind }: StoredEvent) =>
    names.has(who) && Object.hasOwn(OPENINGS, kind) && now() - at <= DAYS * DAY_MILLISECONDS;
  const { provider } = accounts.people.find(approver.name);
  const about = [approver.name, ...(provider === null ? [] : [provider])];
  return about
    .flatMap((about) => events.latest({ about, most: MOST_EVENTS }))
    .filter(isOpening)
    .map(({ at, who, kind }) => `${who} ${OPENINGS[kind]} at ${new Date(at).toISOString()}`);
}
