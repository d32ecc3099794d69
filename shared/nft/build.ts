import type { ChainNode, Match, RuleNode, Statement } from "./ruleset.ts";

/** A rule: what it matches, what it does, and the comment that leads back to the policy. */
export function rule(
  matches: readonly Match[],
  statements: readonly Statement[],
  comment?: string,
): RuleNode {
  return Object.freeze({ kind: "rule", matches, statements, ...(comment === undefined ? {} : { comment }) });
}

/** A chain that other chains lead to. */
export function chain(name: string, banner: string | undefined, rules: readonly RuleNode[]): ChainNode {
  return Object.freeze({ kind: "chain", name, ...(banner === undefined ? {} : { banner }), rules });
}

export const ACCEPT: Statement = Object.freeze({ kind: "accept" });
export const DROP: Statement = Object.freeze({ kind: "drop" });
export const COUNTER: Statement = Object.freeze({ kind: "counter" });

/** Goes on in another chain for good. */
export function goTo(name: string): Statement {
  return Object.freeze({ kind: "goto", chain: name });
}

/** Goes on in another chain, and comes back where that has no verdict. */
export function jumpTo(name: string): Statement {
  return Object.freeze({ kind: "jump", chain: name });
}
