import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { parsePolicy } from "../policy/parse.ts";
import { buildInventory } from "../segments/inventory.ts";
import { evaluate } from "./evaluate.ts";
import { judge } from "./judge.ts";
import { type ResolvedPolicy, resolvePolicy } from "./resolve.ts";
import { flows } from "./testing/arbitrary-flow.ts";
import { policySections, resolveSections, type Sections } from "./testing/arbitrary-policy.ts";

/** Two files, each with some of every section, in any order. */
function fromTwoFiles(sections: Sections, names: readonly [string, string]): ResolvedPolicy {
  const half = (part: 0 | 1) => {
    const some = <Value>(all: Readonly<Record<string, Value>>) =>
      Object.fromEntries(Object.entries(all).filter((_, at) => at % 2 === part));
    return {
      ...(part === 0 ? { mode: sections.mode } : {}),
      segments: some(sections.segments),
      hosts: some(sections.hosts),
      rules: sections.rules.filter((_, at) => at % 2 === part),
    };
  };
  const files = names.map((name, at) => ({ name, text: JSON.stringify(half(at === 0 ? 0 : 1)) }));
  const { policy, problems } = parsePolicy(files);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  return resolvePolicy(policy, buildInventory(policy));
}

const many = fc.array(flows, { minLength: 20, maxLength: 20 });

test.prop([policySections, many, fc.infiniteStream(fc.nat())])(
  "the order of rules, segments and hosts never changes a verdict",
  (sections, some, random) => {
    const shuffled = <Value>(values: readonly Value[]) =>
      values
        .map((value) => ({ value, key: random.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ value }) => value);
    const mixed = (part: object) => Object.fromEntries(shuffled(Object.entries(part)));
    const original = resolveSections(sections);
    const other = resolveSections({
      mode: sections.mode,
      segments: mixed(sections.segments),
      hosts: mixed(sections.hosts),
      rules: shuffled(sections.rules),
    } as Sections);
    for (const flow of some) expect(evaluate(other, flow).verdict).toBe(evaluate(original, flow).verdict);
  },
);

test.prop([policySections, many])(
  "how a policy is cut into files never changes a verdict",
  (sections, some) => {
    const whole = resolveSections(sections);
    for (const names of [
      ["a.json", "b.json"],
      ["b.json", "a.json"],
    ] as const) {
      const parts = fromTwoFiles(sections, names);
      for (const flow of some) expect(evaluate(parts, flow).verdict).toBe(evaluate(whole, flow).verdict);
    }
  },
);

test.prop([policySections, many])(
  "a host policy judges the same after a journey as JSON",
  (sections, some) => {
    const resolved = resolveSections(sections);
    for (const { unit, user, listener: _, ...flow } of some) {
      const { egress } = evaluate(resolved, { ...flow, ...(unit && { unit }), ...(user && { user }) });
      if (egress === null) continue;
      const wire = JSON.parse(JSON.stringify(resolved.hostPolicy(egress.host)));
      const { mode, verdict, rule } = judge(wire, {
        ...flow,
        direction: "egress",
        ...(unit && { unit }),
        ...(user && { user }),
      });
      expect({ mode, verdict, rule }).toEqual({
        mode: egress.mode,
        verdict: egress.verdict,
        rule: egress.rule,
      });
    }
  },
);

test.prop([policySections])(
  "a host policy names every group that it has, and has every group that it names",
  (sections) => {
    const resolved = resolveSections(sections);
    for (const name of resolved.hosts.keys()) {
      const { groups, rules } = resolved.hostPolicy(name);
      const ends = rules.flatMap(({ local, peers }) => [
        ...peers,
        ...(local.within === undefined ? [] : [local.within]),
      ]);
      const named = ends.flatMap((end) => (end.kind === "group" ? end.group : []));
      expect(new Set(Object.keys(groups))).toEqual(new Set(named));
    }
  },
);
