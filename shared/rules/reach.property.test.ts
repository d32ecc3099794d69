import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { evaluate } from "./evaluate.ts";
import type { Flow } from "./flow.ts";
import { blocksOfBoth, compareReach, type Reach, reach } from "./reach.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import { resolvedSide } from "./resolved-side.ts";
import type { Noun } from "./side.ts";
import { flows } from "./testing/arbitrary-flow.ts";
import {
  END,
  policySections,
  type RuleText,
  resolveSections,
  type Sections,
} from "./testing/arbitrary-policy.ts";
import { isPossible } from "./testing/possible.ts";
import { speaksOfEnd, speaksOfService } from "./testing/said.ts";

/** A policy and another one that shares some of its parts. */
const change = fc
  .tuple(
    policySections,
    policySections,
    fc.record({
      hosts: fc.boolean(),
      segments: fc.boolean(),
      mode: fc.boolean(),
      rules: fc.nat(3),
      dropped: fc.nat(23),
    }),
  )
  .map(([old, other, takes]): [Sections, Sections] => [
    old,
    {
      hosts: takes.hosts ? old.hosts : other.hosts,
      segments: takes.segments ? old.segments : other.segments,
      mode: takes.mode ? old.mode : other.mode,
      rules:
        [
          old.rules,
          other.rules,
          old.rules.filter((_, at) => at !== takes.dropped),
          [...old.rules, ...renamed(other.rules)],
        ][takes.rules] ?? [],
    },
  ]);

function renamed(rules: readonly RuleText[]): readonly RuleText[] {
  return rules.map((rule) => ({ ...rule, name: `other-${rule.name}` }));
}

const now = fc.constantFrom(END - 1, END);

interface Said {
  readonly policies: readonly [ResolvedPolicy, ...ResolvedPolicy[]];
  readonly blocks?: readonly Noun[];
  /** Whether the flow passes on the other side as well, where `all else` does not speak of it. */
  readonly passesAnyway: boolean;
}

function isSaid(reaches: readonly Reach[], flow: Flow, { policies, blocks, passesAnyway }: Said): boolean {
  return reaches.some(
    ({ from, to, services, unit, user }) =>
      (unit === undefined || unit === flow.unit) &&
      (user === undefined || user === flow.user) &&
      speaksOfEnd(from, flow.source, policies, blocks) &&
      speaksOfEnd(to, flow.destination, policies, blocks) &&
      (services[0] === "all else" ? !passesAnyway : speaksOfService(services, flow.protocol, flow.number)),
  );
}

function passes(resolved: ResolvedPolicy, flow: Flow): boolean {
  return evaluate(resolved, flow).verdict !== "deny";
}

/** Of a process without a name, and of whoever listens. */
function unnamed({ source, destination, protocol, number }: Flow): Flow {
  return { source, destination, protocol, number };
}

test.prop([change, now, fc.array(flows, { minLength: 40, maxLength: 40 })], { numRuns: 100 })(
  "compareReach() says gained exactly of what passes now and did not before, and lost of what passed before and does not now",
  ([oldSections, newSections], at, some) => {
    const old = resolveSections(oldSections, { now: at });
    const next = resolveSections(newSections, { now: at });
    const { gained, lost } = compareReach(old, next);
    const blocks = blocksOfBoth(resolvedSide(old), resolvedSide(next));
    for (const flow of some.map(unnamed).filter((one) => isPossible(one, [old, next]))) {
      const before = passes(old, flow);
      const after = passes(next, flow);
      const saysGained = isSaid(gained, flow, { policies: [next, old], blocks, passesAnyway: before });
      const saysLost = isSaid(lost, flow, { policies: [old, next], blocks, passesAnyway: after });
      expect({ flow, saysGained, saysLost }).toEqual({
        flow,
        saysGained: after && !before,
        saysLost: before && !after,
      });
    }
  },
);

test.prop([change, now, fc.array(flows, { minLength: 40, maxLength: 40 })], { numRuns: 100 })(
  "what a named process may do now and could not before is said, of it or of all",
  ([oldSections, newSections], at, some) => {
    const old = resolveSections(oldSections, { now: at });
    const next = resolveSections(newSections, { now: at });
    const { gained } = compareReach(old, next);
    const blocks = blocksOfBoth(resolvedSide(old), resolvedSide(next));
    for (const { listener: _, now: __, ...flow } of some.filter((one) => isPossible(one, [old, next])))
      if (passes(next, flow) && !passes(old, flow))
        expect({
          flow,
          said: isSaid(gained, flow, { policies: [next, old], blocks, passesAnyway: false }),
        }).toEqual({
          flow,
          said: true,
        });
  },
);

test.prop([policySections, now, fc.array(flows, { minLength: 40, maxLength: 40 })], { numRuns: 100 })(
  "reach() says of one policy exactly what passes where a host judges",
  (sections, at, some) => {
    const resolved = resolveSections(sections, { now: at });
    const all = reach(resolved);
    for (const flow of some.map(unnamed).filter((one) => isPossible(one, [resolved]))) {
      const { egress, ingress, verdict } = evaluate(resolved, flow);
      const isJudged = egress !== null || ingress !== null;
      const said = isSaid(all, flow, { policies: [resolved], passesAnyway: false });
      if (isJudged) expect({ flow, said }).toEqual({ flow, said: verdict !== "deny" });
    }
  },
);

test.prop([policySections, policySections], { numRuns: 50 })(
  "an allow that is added takes no reach away, and a deny gives none",
  (sections, other) => {
    const added = renamed(other.rules);
    const before = resolveSections(sections);
    const withAllows = {
      ...sections,
      rules: [...sections.rules, ...added.filter(({ allow }) => allow !== undefined)],
    };
    const withDenies = {
      ...sections,
      rules: [...sections.rules, ...added.filter(({ deny }) => deny !== undefined)],
    };
    expect(compareReach(before, resolveSections(withAllows)).lost).toEqual([]);
    expect(compareReach(before, resolveSections(withDenies)).gained).toEqual([]);
  },
);

test.prop([policySections], { numRuns: 50 })(
  "the same rules in another order, under other names, reach the same",
  (sections) => {
    const rules = renamed(sections.rules).toReversed();
    const nothing = { gained: [], lost: [] };
    expect(compareReach(resolveSections(sections), resolveSections({ ...sections, rules }))).toEqual(nothing);
  },
);
