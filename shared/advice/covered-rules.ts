/** Allow rules that say what others say, whatever hosts there are: for a policy whose hosts are not known. */

import { isEmptyService, subtractServices, unionServices } from "../net/service.ts";
import { Effort } from "../policy/lint/effort.ts";
import { EndpointCover } from "../policy/lint/endpoint-cover.ts";
import type { Endpoint, Policy, Rule } from "../policy/policy.ts";
import type { IdleRule } from "./idle-rules.ts";

/** What comparing two rules costs at the least. */
const CALL = 20;

/** In the policy's order. All of them can go together; of two that say the same, the later one is told. Where finding out is too much work, the rest is left out. */
export function coveredRules(policy: Policy, now: number | undefined): readonly IdleRule[] {
  const effort = new Effort();
  const cover = new EndpointCover(policy, effort);
  const living = policy.rules.filter(
    ({ action, expires }) =>
      action === "allow" && (expires === undefined || now === undefined || expires > now),
  );
  const removed = new Set<Rule>();
  for (const one of living.toReversed()) {
    const covering = living.filter(
      (other) => other !== one && !removed.has(other) && effort.spend(CALL) && coversEnds(other, one, cover),
    );
    const said = unionServices(...covering.map(({ service }) => service));
    if (isEmptyService(subtractServices(one.service, said))) removed.add(one);
  }
  const coverers = (one: Rule) =>
    living.filter((other) => other !== one && !removed.has(other) && coversEnds(other, one, cover));
  return living
    .filter((one) => removed.has(one))
    .map((one) => ({ name: one.name, why: "redundant", by: coverers(one).map(({ name }) => name) }));
}

function coversEnds(all: Rule, one: Rule, cover: EndpointCover): boolean {
  const isLongEnough = all.expires === undefined || (one.expires !== undefined && one.expires <= all.expires);
  // Fewer labels in common are asked of more pairs of hosts.
  const isWideEnough = all.same.every((label) => one.same.includes(label));
  const covers = (end: "from" | "to") =>
    one[end].every((part) => all[end].some((whole) => isForAllOf(whole, part) && cover.covers(whole, part)));
  return isLongEnough && isWideEnough && covers("from") && covers("to");
}

/** A narrowed endpoint covers the same narrowing alone. */
function isForAllOf(whole: Endpoint, part: Endpoint): boolean {
  if (whole.kind === "addresses") return true;
  const { unit, user } = part.kind === "segment" ? part : { unit: undefined, user: undefined };
  return (
    (whole.unit === undefined || whole.unit === unit) && (whole.user === undefined || whole.user === user)
  );
}
