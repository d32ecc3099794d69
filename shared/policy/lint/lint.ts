/** Warnings about a valid policy: what is allowed to be written, and almost certainly not meant. */

import { type Address, parseAddress } from "../../net/address.ts";
import type { Policy, Rule } from "../policy.ts";
import type { Problems } from "../text/problems.ts";
import { quote } from "../text/tree.ts";
import { Effort } from "./effort.ts";
import { Members } from "./members.ts";
import { whyNeverMatches } from "./never-matches.ts";
import { SameValues } from "./same-values.ts";
import { Shadows } from "./shadows.ts";
import { Sides } from "./sides.ts";
import { unusualAddress } from "./unusual-address.ts";

/** Adds warnings. `now` in milliseconds since 1970; without it no rule is called expired. */
export function lint(policy: Policy, { problems, now }: { problems: Problems; now?: number }): void {
  const effort = new Effort();
  // Where a policy names no hosts they come from elsewhere, and nothing is known of them.
  const members = policy.hosts.size > 0 ? new Members(policy, effort) : undefined;
  if (members !== undefined) lintSegments(policy, members, problems);
  lintHosts(policy, problems);
  const finders: Finders = {
    matches: members && { sides: new Sides(policy, members), sameValues: new SameValues(effort) },
    shadows: new Shadows(policy, effort),
  };
  for (const rule of policy.rules)
    if (now !== undefined && rule.expires !== undefined && rule.expires <= now) expired(rule, problems);
    else lintRule(rule, finders, problems);
}

interface Finders {
  /** Undefined where no hosts are known. */
  readonly matches: { readonly sides: Sides; readonly sameValues: SameValues } | undefined;
  readonly shadows: Shadows;
}

function lintSegments(policy: Policy, members: Members, problems: Problems): void {
  const outside = new Set(policy.hosts.values());
  for (const { kind, name, place } of policy.segments.values()) {
    if (kind !== "select") continue;
    const hosts = members.of(name);
    if (hosts === undefined) return;
    for (const host of hosts) outside.delete(host);
    if (hosts.length === 0)
      problems.add("policy/empty-segment", place, `the segment ${quote(name)} selects no host of the policy`);
  }
  for (const { name, place } of outside) {
    const message = `the host ${quote(name)} is in no segment, so its mode is off`;
    problems.add("policy/host-without-segment", place, message);
  }
}

function lintHosts(policy: Policy, problems: Problems): void {
  for (const { name, addresses, place } of policy.hosts.values())
    for (const text of addresses) {
      const address: Address | undefined = parseAddress(text);
      const unusual = address && unusualAddress(address);
      if (unusual === undefined) continue;
      const message = `the host ${quote(name)} has the address ${text}, which is ${unusual}`;
      problems.add("policy/unusual-host-address", place, message);
    }
}

function expired({ name, expires = 0, place }: Rule, problems: Problems): void {
  const message = `the rule ${quote(name)} expired at ${new Date(expires).toISOString()}`;
  problems.add("policy/expired-rule", place, message);
}

function lintRule(rule: Rule, { matches, shadows }: Finders, problems: Problems): void {
  const why = matches && whyNeverMatches(rule, matches);
  if (why !== undefined) {
    problems.add(
      "policy/rule-never-matches",
      rule.place,
      `the rule ${quote(rule.name)} can never match: ${why}`,
    );
    return;
  }
  const denial = rule.action === "allow" ? shadows.denialOf(rule) : undefined;
  if (denial === undefined) return;
  const message = `the rule ${quote(rule.name)} allows only what ${quote(denial.name)} denies`;
  const related = { place: denial.place, message: `${quote(denial.name)} is here` };
  problems.add("policy/shadowed-rule", rule.place, message, { related });
}
