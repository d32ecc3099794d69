/** What a scope is for: whatever an editor may change, hosts outside the scope judge as before, but for what they send to the scope. Also when other hosts have come meanwhile. */

import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { parseAddress } from "../net/address.ts";
import { formatRange, rangeContains } from "../net/range.ts";
import { outOfScope } from "../policy/scope.ts";
import type { HostPolicy, HostRule } from "./host-policy.ts";
import { compareHostReach, compareReach } from "./reach.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import {
  policySections,
  type RuleText,
  resolveSections,
  type Sections,
  type SegmentText,
} from "./testing/arbitrary-policy.ts";

const scopes = fc.subarray(["s0", "s1", "block", "name"], { minLength: 1 });

/** Rules that an editor of this scope might well write, and others. */
const meant = (rules: readonly RuleText[], scope: readonly string[], isOften: boolean) =>
  rules.map((rule, at): RuleText => {
    const { same: _, ...rest } = rule;
    const to = scope[at % scope.length] ?? "s0";
    const sender = { from: [scope[0] ?? "s0"] };
    // Egress alone, from the scope to wherever the rule went; else to the scope.
    const ends = at % 3 === 2 ? sender : { ...(to === "name" && sender), to: [to] };
    return { ...rest, name: `new-${rule.name}`, ...(isOften && ends) };
  });

/** A policy, a draft that shares most of it, a scope, and the hosts of another day. */
const drafts = fc
  .record({
    base: policySections,
    other: policySections,
    today: policySections,
    scope: scopes,
    takes: fc.record({
      isOften: fc.constantFrom(true, true, true, false),
      dropped: fc.oneof(
        { weight: 3, arbitrary: fc.constant<number[]>([]) },
        fc.array(fc.nat(23), { maxLength: 2 }),
      ),
      added: fc.nat(3),
      mode: fc.constantFrom(true, true, true, true, false),
      isOnlyMode: fc.boolean(),
      rules: fc.constantFrom(0, 2, 24),
      segment: fc.constantFrom(
        undefined,
        undefined,
        undefined,
        undefined,
        "s0",
        "s1",
        "s2",
        "block",
        "name",
        "other",
      ),
      hosts: fc.constantFrom(false, false, false, false, false, true),
    }),
  })
  .map(({ base: whole, other, today, scope, takes }) => {
    const { segment } = takes;
    const base = { ...whole, rules: whole.rules.slice(0, takes.rules) };
    const draft: Sections = {
      mode: takes.mode ? base.mode : other.mode,
      hosts: takes.hosts ? other.hosts : base.hosts,
      segments: {
        ...base.segments,
        ...(segment !== undefined &&
          other.segments[segment] && {
            [segment]: changedSegment(base.segments[segment], other.segments[segment], takes.isOnlyMode),
          }),
      },
      rules: [
        ...base.rules.filter((_, at) => !takes.dropped.includes(at)),
        ...meant(other.rules.slice(0, takes.added), scope, takes.isOften),
      ],
    };
    return { base, draft, scope, today: today.hosts };
  });

/** Of a segment of hosts, sometimes only the mode. */
function changedSegment(
  before: SegmentText | undefined,
  after: SegmentText | undefined,
  isOnlyMode: boolean,
): SegmentText {
  if (before === undefined || after === undefined) throw new Error("there is no such segment");
  if (!isOnlyMode || !("select" in before && "select" in after)) return after;
  const { mode: _, ...selected } = before;
  return { ...selected, ...(after.mode !== undefined && { mode: after.mode }) };
}

const seen = { drafts: 0, within: 0, changing: 0 };

test.prop([drafts], { numRuns: 200 })(
  "a draft within a scope changes for no other host what it judges, but towards the scope",
  ({ base, draft, scope, today }) => {
    const [before, after] = [resolveSections(base), resolveSections(draft)];
    seen.drafts++;
    if (outOfScope({ base: before.policy, draft: after.policy, scope }).length > 0) return;
    seen.within++;
    const { gained, lost } = compareReach(before, after);
    if (gained.length + lost.length > 0) seen.changing++;
    assertOthersJudgeAsBefore(before, after, scope);
    // Somebody else has other hosts join; the text is the same.
    assertOthersJudgeAsBefore(
      resolveSections({ ...base, hosts: today }),
      resolveSections({ ...draft, hosts: today }),
      scope,
    );
  },
);

test("such drafts were there, and many of them changed something", () => {
  expect(seen.within).toBeGreaterThan(seen.drafts / 20);
  expect(seen.changing).toBeGreaterThan(2);
});

function assertOthersJudgeAsBefore(
  before: ResolvedPolicy,
  after: ResolvedPolicy,
  scope: readonly string[],
): void {
  const inside = new Set([...before.hosts.keys()].filter((name) => isInside(before, name, scope)));
  const neutral = toScope(before, inside, scope);
  for (const name of before.hosts.keys()) {
    if (inside.has(name)) continue;
    const [then, now] = [before.hostPolicy(name), after.hostPolicy(name)];
    expect([name, now.modes]).toEqual([name, then.modes]);
    for (const direction of ["ingress", "egress"] as const) {
      const only = (policy: HostPolicy): HostPolicy => {
        const rules = policy.rules.filter((rule) => rule.direction === direction);
        const modes = { ...{ ingress: "off", egress: "off" }, [direction]: "enforce" } as HostPolicy["modes"];
        return { ...policy, modes, rules: direction === "egress" ? [neutral, ...rules] : rules };
      };
      const { gained, lost } = compareHostReach(only(then), only(now));
      expect([name, direction, ...gained, ...lost]).toEqual([name, direction]);
    }
  }
}

/** In a segment of the scope, or with an address in one. */
function isInside({ policy, hosts }: ResolvedPolicy, name: string, scope: readonly string[]): boolean {
  const host = hosts.get(name);
  return scope.some((segment) => {
    const found = policy.segments.get(segment);
    if (found?.kind === "select") return host?.segments.includes(segment);
    if (found?.kind !== "addresses") return false;
    return host?.addresses.some((text) => {
      const address = parseAddress(text);
      return address !== undefined && found.ranges.some((range) => rangeContains(range, address));
    });
  });
}

/** Denies egress to the scope on both sides, so that what differs there is none. */
function toScope(
  { policy, hosts }: ResolvedPolicy,
  inside: ReadonlySet<string>,
  scope: readonly string[],
): HostRule {
  const addresses = [...inside].flatMap((name) => hosts.get(name)?.addresses ?? []);
  const blocks = scope.flatMap((segment) => {
    const found = policy.segments.get(segment);
    return found?.kind === "addresses" ? found.ranges.map(formatRange) : [];
  });
  return {
    direction: "egress",
    action: "deny",
    rule: { name: "to the scope", file: "test", line: 0 },
    service: "all",
    local: {},
    peers: [...addresses, ...blocks].map((block) => ({ kind: "block", block })),
  };
}
