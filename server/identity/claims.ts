/** What a provider says of somebody, read as what they may do here. */

import { accountNameFrom } from "../accounts/account-name.ts";
import { isEnough, type Role } from "../accounts/role.ts";
import type { ProviderConfiguration } from "./provider-configuration.ts";

/** Claims of an ID token, or of the user's own endpoint: anything at all. */
export type Claims = Readonly<Record<string, unknown>>;

export interface Rights {
  readonly role: Role;
  /** Without it there is no limit. */
  readonly scope?: readonly string[];
}

/** So many groups are looked at. */
const MOST_GROUPS = 10_000;

/** The claim of this name, else of this path through claims in claims. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let found: unknown = claims;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Claims)[name];
  }
  return found;
}

/** The highest role that a group of theirs gives; its scope is that of all groups that give it. Undefined for who may not come in. */
export function rightsOf(
  claims: Claims,
  { groupsClaim, groups, everybody }: ProviderConfiguration,
): Rights | undefined {
  const told = claimAt(claims, groupsClaim);
  const names = new Set((Array.isArray(told) ? told : [told]).slice(0, MOST_GROUPS));
  const theirs = groups.filter(({ group }) => names.has(group));
  const [first, ...more] = theirs.map(({ role }) => role);
  if (first === undefined) return everybody === null ? undefined : { role: everybody };
  const role = more.reduce((highest, role) => (isEnough(role, highest) ? role : highest), first);
  const scopes = theirs.filter((given) => given.role === role).map(({ scope }) => scope);
  if (scopes.includes(null)) return { role };
  return { role, scope: [...new Set(scopes.flatMap((scope) => scope ?? []))].sort() };
}

/** Why these claims let nobody in, in words, for whoever runs the server; undefined where they do. */
export function claimsProblem(claims: Claims, { domains }: ProviderConfiguration): string | undefined {
  if (domains.length === 0) return undefined;
  const { email, email_verified: isVerified } = claims;
  if (typeof email !== "string")
    return "the provider tells no e-mail address, and only some domains are let in";
  if (isVerified !== true) return "the provider has not verified the e-mail address";
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return domains.includes(domain)
    ? undefined
    : "the e-mail address is of none of the domains that are let in";
}

/** Names for a new account, the best first. They tell people apart and prove nothing. */
export function namesFor(claims: Claims): readonly string[] {
  const told = [claims.preferred_username, claims.email, claims.sub];
  return told.flatMap((name) => (typeof name === "string" ? (accountNameFrom(name) ?? []) : []));
}
