/**
 * What an editor who is limited to some segments may change. The definition looks at the text alone, so it holds for whatever hosts come later; docs/accounts.md says it in
 * words, and a property test proves what it is for: hosts outside the scope judge as before, but for what they send to the scope.
 */

import type { Place } from "./place.ts";
import type { Endpoint, Policy, Rule, Segment } from "./policy.ts";
import type { Problem } from "./problem.ts";
import { isNamed, Meanings } from "./scope-meanings.ts";

export interface ScopedChange {
  /** What is in force; undefined where nothing is yet. */
  readonly base: Policy | undefined;
  readonly draft: Policy;
  /** Names of segments. */
  readonly scope: readonly string[];
}

/** Every change that is beyond the scope, in the order of the draft's lines; what was taken away stands at the beginning of its file. Empty where all of them are within. */
export function outOfScope({ base = NOTHING, draft, scope }: ScopedChange): readonly Problem[] {
  const within = new Scope(base, scope);
  return Object.values(SECTIONS)
    .flatMap((compare) => compare(base, draft, within))
    .sort(({ place: a }, { place: b }) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

const START: Place = { file: "policy", line: 1, column: 1 };
const NOTHING: Policy = {
  mode: { ingress: "enforce", egress: "enforce" },
  ...{ segments: new Map(), services: new Map(), hosts: new Map() },
  ...{ rules: [], tests: [], invariants: [] },
};

type Compare = (base: Policy, draft: Policy, scope: Scope) => readonly Problem[];

/** Each part of a policy; a new one has to be thought about before this compiles. */
const SECTIONS: Readonly<Record<keyof Policy, Compare>> = {
  mode: ({ mode }, draft, { meanings }) =>
    meanings.of(mode) === meanings.of(draft.mode)
      ? []
      : [beyond(START, "the policy's own mode is everybody's")],
  segments: segmentsBeyond,
  // They have no effect of their own: rules, tests and invariants are compared by what they come to.
  services: () => [],
  rules: differing((policy, scope) =>
    policy.rules.map((rule) => ({
      ...{ place: rule.place, what: ruleName(rule) },
      ...{ meaning: scope.meanings.rule(rule, policy), why: scope.rule(rule, policy) },
    })),
  ),
  hosts: differing(({ hosts }, { meanings }) =>
    [...hosts.values()].map((host) => ({
      ...{ place: host.place, what: `the host '${host.name}'`, meaning: meanings.host(host) },
      why: "hosts and their labels decide who is in which segment",
    })),
  ),
  tests: differing((policy, scope) =>
    policy.tests.map((test) => ({
      ...{ place: test.place, what: "a test", meaning: scope.meanings.test(test, policy) },
      why: scope.has(test.to) ? undefined : `it is about '${test.to}', which is not in your scope`,
    })),
  ),
  invariants: differing((policy, { meanings }) =>
    policy.invariants.map((invariant) => ({
      ...{ place: invariant.place, what: `an invariant (${invariant.kind})` },
      ...{ meaning: meanings.invariant(invariant, policy), why: "invariants bind everybody" },
    })),
  ),
};

class Scope {
  readonly meanings = new Meanings();
  readonly #names: ReadonlySet<string>;

  /** A name that nothing in force bears is in nobody's scope: whoever brings it would say themselves what it is. */
  constructor(base: Policy, names: readonly string[]) {
    this.#names = new Set(names.filter((name) => base.segments.has(name)));
  }

  has(segment: string): boolean {
    return this.#names.has(segment);
  }

  /**
   * Why a rule is not theirs, in words; undefined where it is. It opens or closes ingress at its `to`, so that has to be in the scope; or it is about egress alone: from the scope, to
   * DNS names, at which no host judges.
   */
  rule({ from, to }: Rule, policy: Policy): string | undefined {
    const isWithin = (end: Endpoint) => end.kind === "segment" && this.#names.has(end.segment);
    const isNames = (end: Endpoint) =>
      end.kind === "segment" && policy.segments.get(end.segment)?.kind === "names";
    const outside = to.find((end) => !isWithin(end) && !isNames(end));
    if (outside !== undefined)
      return `its 'to' is ${endName(outside)}, which is not in your scope: the hosts there would judge otherwise`;
    const sender = from.find((end) => !isWithin(end));
    if (sender !== undefined && to.some(isNames))
      return `it opens egress from ${endName(sender)}, which is not in your scope`;
    return undefined;
  }
}

interface Part {
  readonly place: Place;
  readonly what: string;
  /** Equal for those that have the same effect. */
  readonly meaning: number;
  /** Why somebody may not bring it or take it away; undefined where they may. */
  readonly why: string | undefined;
}

/** What is in one of the two and not in the other, and is not theirs. */
function differing(partsOf: (policy: Policy, scope: Scope) => readonly Part[]): Compare {
  return (base, draft, scope) => {
    const [before, after] = [partsOf(base, scope), partsOf(draft, scope)];
    const added = without(after, before).map((part) => problemOf(part, "is new or changed", part.place));
    const removed = without(before, after).map((part) =>
      problemOf(part, `(in force at line ${part.place.line}) is gone or changed`, startOf(part.place)),
    );
    return [...added, ...removed].filter((problem) => problem !== undefined);
  };
}

/** As often as it is there more often. */
function without(parts: readonly Part[], others: readonly Part[]): readonly Part[] {
  const left = new Map<number, number>();
  for (const { meaning } of others) left.set(meaning, (left.get(meaning) ?? 0) + 1);
  return parts.filter(({ meaning }) => {
    const count = left.get(meaning) ?? 0;
    left.set(meaning, count - 1);
    return count <= 0;
  });
}

function problemOf({ what, why }: Part, happened: string, place: Place): Problem | undefined {
  return why === undefined ? undefined : beyond(place, `${what} ${happened}, and ${why}`);
}

function segmentsBeyond(base: Policy, draft: Policy, scope: Scope): readonly Problem[] {
  const names = [...new Set([...base.segments.keys(), ...draft.segments.keys()])];
  return names.flatMap((name) => {
    const [before, after] = [base.segments.get(name), draft.segments.get(name)];
    const why = segmentWhy(before, after, scope);
    const place = after?.place ?? startOf(before?.place ?? START);
    return why === undefined ? [] : [beyond(place, `the segment '${name}' ${why}`)];
  });
}

function segmentWhy(
  before: Segment | undefined,
  after: Segment | undefined,
  scope: Scope,
): string | undefined {
  const { meanings } = scope;
  if (meanings.definition(before) !== meanings.definition(after)) {
    if (before?.kind === "select" || after?.kind === "select")
      return "is another one than is in force, and which hosts are in a segment is not an editor's to say";
    if (before !== undefined && scope.has(before.name))
      return "is your scope, which you do not draw yourself";
    return undefined;
  }
  const [from, to] = [before, after].map((one) => (one?.kind === "select" ? meanings.of(one.mode) : -1));
  if (from === to || (after !== undefined && scope.has(after.name))) return undefined;
  return "has another mode than is in force, and it is not in your scope";
}

function beyond(place: Place, message: string): Problem {
  return { code: "policy/out-of-scope", severity: "error", place, message };
}

function startOf({ file }: Place): Place {
  return { file, line: 1, column: 1 };
}

function ruleName({ name, place }: Rule): string {
  return `the rule ${isNamed(name, place) ? `'${name}'` : `at line ${place.line}`}`;
}

function endName(end: Endpoint): string {
  return end.kind === "segment" ? `'${end.segment}'` : end.text;
}
