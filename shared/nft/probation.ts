/** Two rulesets side by side: the kernel itself goes back to the old one when the new one's time is over. */

import { ACCEPT, chain, goTo, rule } from "./build.ts";
import type { ChainNode, Match, RuleNode, Ruleset, SetNode, Statement } from "./ruleset.ts";

/** Before the names of everything that belongs to the ruleset on probation. */
export const NEXT = "next_";
/** The set whose only element is the clock. */
export const PROBATION = "probation";

export interface Probation {
  readonly next: Ruleset;
  /** What the kernel goes back to; undefined: to letting everything pass. */
  readonly previous: Ruleset | undefined;
  readonly seconds: number;
}

/** The stamps of the two must differ, so that going back judges again what only the new one allowed. */
export function onProbation({ next, previous, seconds }: Probation): Ruleset {
  const trial = prefixed(next);
  const clock: SetNode = {
    kind: "set",
    name: PROBATION,
    type: "mark",
    flags: ["timeout"],
    elements: [{ kind: "timer", seconds }],
  };
  const bases = next.chains.filter(({ base }) => base !== undefined);
  const others = (previous?.chains ?? []).filter(({ base }) => base === undefined);
  return {
    sets: [clock, ...(previous?.sets ?? []), ...trial.sets],
    chains: [...bases.map((base) => junction(base, baseOf(previous, base.name))), ...others, ...trial.chains],
  };
}

function baseOf(ruleset: Ruleset | undefined, name: string): ChainNode | undefined {
  return ruleset?.chains.find((one) => one.name === name && one.base !== undefined);
}

/** A base chain that asks the clock first. */
function junction(next: ChainNode, previous: ChainNode | undefined): ChainNode {
  const dispatch = rule([{ kind: "timer", set: PROBATION }], [goTo(`${NEXT}${next.name}`)]);
  const closed = next.base?.policy === "drop" && previous?.base?.policy === "drop";
  return {
    kind: "chain",
    name: next.name,
    base: { hook: next.base?.hook ?? "input", policy: closed ? "drop" : "accept" },
    banner: "on probation: the new policy while its clock runs, then the one before",
    rules: [dispatch, ...(previous?.rules ?? [rule([], [ACCEPT])])],
  };
}

/** Everything of the ruleset under names of its own, the base chains as chains that are jumped to. */
function prefixed({ sets, chains }: Ruleset): Ruleset {
  return {
    sets: sets.map((set) => ({ ...set, name: NEXT + set.name })),
    chains: chains.map(({ name, banner, rules }) => chain(NEXT + name, banner, rules.map(prefixedRule))),
  };
}

function prefixedRule({ matches, statements, comment }: RuleNode): RuleNode {
  return rule(matches.map(prefixedMatch), statements.map(prefixedStatement), comment);
}

function prefixedMatch(match: Match): Match {
  switch (match.kind) {
    case "flow-address":
      return "set" in match.in ? { ...match, in: { set: NEXT + match.in.set } } : match;
    case "cgroup":
    case "account":
    case "timer":
      return { ...match, set: NEXT + match.set };
    default:
      return match;
  }
}

function prefixedStatement(statement: Statement): Statement {
  switch (statement.kind) {
    case "jump":
    case "goto":
      return { ...statement, chain: NEXT + statement.chain };
    case "unless-overtaken":
      return typeof statement.verdict === "string"
        ? statement
        : { ...statement, verdict: { goto: NEXT + statement.verdict.goto } };
    case "dispatch":
      return {
        kind: "dispatch",
        entries: statement.entries.map((entry) => ({ ...entry, chain: NEXT + entry.chain })),
      };
    default:
      return statement;
  }
}
