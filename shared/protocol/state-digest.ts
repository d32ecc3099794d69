/** What a host enforces in a few characters, equal at both ends if both mean the same: the policy's body by its hash, its groups by the digests of their members. */

import { canonicalJson } from "../rules/canonical-json.ts";
import type { HostPolicy } from "../rules/host-policy.ts";
import { MemberDigest } from "./member-digest.ts";
import { toWire } from "./wire-policy.ts";

/** All of a host's policy but the members of its groups of hosts, as canonical text to be hashed. */
export function bodyText(policy: HostPolicy): string {
  return canonicalJson(toWire(policy, () => ""));
}

/** @param body hash of `bodyText`. @param groups the digests of the members, by the groups' ids. */
export function stateDigest(body: string, groups: Iterable<readonly [id: string, digest: string]>): string {
  const all = new MemberDigest();
  for (const [id, digest] of groups) all.add(`${id} ${digest}`);
  return `${body}-${all.text}`;
}

/** The ids of the groups of hosts that a policy names. */
export function hostGroups({ groups }: HostPolicy): readonly string[] {
  return Object.entries(groups)
    .filter(([, { kind }]) => kind === "hosts")
    .map(([id]) => id);
}
