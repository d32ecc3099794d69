/** What is doubtful in a valid policy beyond what `check` warns of: on the hosts that there are, and against what was seen. */

import type { Policy, Rule } from "../policy/policy.ts";
import type { Problem } from "../policy/problem.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import { Breadth } from "./breadth.ts";
import { coveredRules } from "./covered-rules.ts";
import { count } from "./finding-words.ts";
import { type IdleRule, idleRules } from "./idle-rules.ts";
import type { RecordedFlow } from "./recorded-flow.ts";
import { Standing } from "./standing.ts";
import { tooBroad } from "./too-broad.ts";

/** From the policy alone: exactly, on its own hosts; where it has none, what is so whatever hosts there are. */
export function lintAlone(resolved: ResolvedPolicy): readonly Problem[] {
  const { policy, now, hosts } = resolved;
  const idle = hosts.size > 0 ? idleRules(resolved) : coveredRules(policy, now);
  return idle.map((one) => idleProblem(one, policy));
}

/** On the hosts of an estate: the same, and segments that only observe. */
export function lintEstate(resolved: ResolvedPolicy): readonly Problem[] {
  return [...lintAlone(resolved), ...observedSegments(resolved)];
}

export interface Seen {
  readonly flows: Iterable<RecordedFlow>;
  readonly until: number;
  readonly progress: (judged: number) => void;
}

const PROGRESS = 10_000;

/** Against what was seen: rules that allow far more. */
export function lintBreadth(resolved: ResolvedPolicy, { flows, until, progress }: Seen): readonly Problem[] {
  const breadth = new Breadth(resolved);
  if (!breadth.isNeeded) return [];
  let judged = 0;
  for (const flow of flows) {
    if (++judged % PROGRESS === 0) progress(judged);
    breadth.add(flow);
  }
  const standing = new Standing(resolved.inventory, resolved.policy.segments.keys());
  return breadth.used().flatMap((used): Problem[] => {
    const broad = tooBroad(used, { resolved, standing, until });
    if (broad === undefined) return [];
    const { rule, words, instead } = broad;
    return [
      {
        ...{ code: "policy/too-broad-rule", severity: "warning", place: rule.place },
        message: `the rule '${rule.name}' ${words}`,
        hint: `narrower: ${instead}`,
      },
    ];
  });
}

function idleProblem({ name, why, by }: IdleRule, policy: Policy): Problem {
  const rule = policy.rules.find((one) => one.name === name);
  const [first] = by;
  const other = policy.rules.find((one) => one.name === first);
  return {
    ...PROBLEMS[why](name, by),
    severity: "warning",
    place: rule?.place ?? { file: "", line: 0, column: 0 },
    ...(other !== undefined && { related: { place: other.place, message: `'${other.name}' is here` } }),
  };
}

const PROBLEMS: Readonly<
  Record<IdleRule["why"], (name: string, by: readonly string[]) => Pick<Problem, "code" | "message">>
> = {
  "never-matches": (name) => ({
    code: "policy/rule-never-matches",
    message: `the rule '${name}' matches nothing between the hosts that there are`,
  }),
  shadowed: (name, by) => ({
    code: "policy/shadowed-rule",
    message: `the rule '${name}' allows only what ${namesOf(by)} denies`,
  }),
  redundant: (name, by) => ({
    code: "policy/redundant-rule",
    message: `the rule '${name}' says only what ${namesOf(by)} ${by.length === 1 ? "says" : "say"} already`,
  }),
};

const MOST_NAMES = 3;

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `'${name}'`);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${count(more, "more rule")}` : shown.join(" and ");
}

/** Of segments all of whose hosts only observe what comes in, and to which rules lead: nothing is stopped there, with rules or without. */
function observedSegments({ policy, inventory }: ResolvedPolicy): readonly Problem[] {
  return [...policy.segments.values()].flatMap((segment): Problem[] => {
    const members = inventory.members(segment.name);
    if (members.length === 0 || members.some(({ modes }) => modes.ingress === "enforce")) return [];
    const rules = policy.rules.filter((rule) => leadsTo(rule, segment.name));
    if (rules.length === 0) return [];
    return [
      {
        ...{ code: "policy/observed-segment", severity: "warning", place: segment.place },
        message: `${count(rules.length, "rule")} ${rules.length === 1 ? "leads" : "lead"} to '${segment.name}', whose ${count(members.length, "host")} only ${members.length === 1 ? "observes" : "observe"} what comes in`,
      },
    ];
  });
}

function leadsTo({ action, to }: Rule, segment: string): boolean {
  return action === "allow" && to.some((end) => end.kind === "segment" && end.segment === segment);
}
