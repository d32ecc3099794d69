/** Whether the table that was read back is the one that was meant. */

import type { ChainNode, Ruleset, SetNode } from "@bulkhead/shared/nft/ruleset.ts";
import type { TableInKernel } from "../kernel/kernel.ts";
import { objectsIn } from "./listing-objects.ts";

/**
 * The first difference in words; undefined where there is none. nft prints rules in its own way, so what is compared is what it must print alike: which chains and sets there are, how
 * many rules and elements they have, and what the rules are called, in their order.
 */
export function readBackProblem(meant: Ruleset, table: TableInKernel | undefined): string | undefined {
  if (table === undefined) return "there is no table";
  const objects = objectsIn(table.stableText);
  const expected = [
    ...meant.chains.map(({ name }) => `chain ${name}`),
    ...meant.sets.map(({ name }) => `set ${name}`),
  ];
  const missing = expected.find((object) => !objects.has(object));
  if (missing !== undefined) return `${missing} is missing`;
  const stranger = [...objects.keys()].find((object) => !expected.includes(object));
  if (stranger !== undefined) return `${stranger} was not loaded`;
  for (const chain of meant.chains) {
    const problem = chainProblem(chain, objects.get(`chain ${chain.name}`) ?? []);
    if (problem !== undefined) return `chain ${chain.name} ${problem}`;
  }
  for (const set of meant.sets) {
    const problem = setProblem(set, objects.get(`set ${set.name}`) ?? []);
    if (problem !== undefined) return `set ${set.name} ${problem}`;
  }
  return undefined;
}

function chainProblem({ rules, base }: ChainNode, lines: readonly string[]): string | undefined {
  const printed = lines.filter((line) => !(base !== undefined && line.startsWith("type filter hook ")));
  if (printed.length !== rules.length) return `has ${printed.length} rules and not ${rules.length}`;
  const at = rules.findIndex(({ comment }, index) => commentOf(printed[index] ?? "") !== comment);
  return at < 0 ? undefined : `has another rule in place ${at + 1}: ${printed[at]}`;
}

function commentOf(line: string): string | undefined {
  return / comment "([^"]*)"$/.exec(line)?.[1];
}

/** Sets whose elements pass by themselves are listed without them. */
function setProblem({ flags, elements }: SetNode, lines: readonly string[]): string | undefined {
  if (flags.includes("timeout")) return undefined;
  const printed = lines.filter((line) => !/^(?:type|flags|comment|size|auto-merge)\b/.test(line)).length;
  return printed === elements.length ? undefined : `has ${printed} elements and not ${elements.length}`;
}
