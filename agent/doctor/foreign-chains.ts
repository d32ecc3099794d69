/** What other people's chains do to packets that the policy speaks of. */

import type { Finding } from "./finding.ts";
import type { Picture } from "./picture.ts";
import type { ListedChain } from "./ruleset-text.ts";

const MOST_SHOWN = 5;

export function foreignChains(picture: Picture): readonly Finding[] {
  return [...dropping(picture), ...untracked(picture), ...marking(picture)];
}

/** A packet gets through where every chain lets it: what we allow, another one may still refuse. */
function dropping({ chains }: Picture): readonly Finding[] {
  return chains.flatMap((chain) => {
    const { base } = chain;
    if (base === undefined || base.type !== "filter" || !["input", "output"].includes(base.hook)) return [];
    const refusing = [...reachedFrom(chain, chains)].flatMap(({ table, name, rules }) =>
      rules.filter((rule) => /\b(?:drop|reject)\b/.test(rule)).map((rule) => `${table} ${name}: ${rule}`),
    );
    if (base.policy !== "drop" && refusing.length === 0) return [];
    const way = base.hook === "input" ? "comes in" : "goes out";
    const how = base.policy === "drop" ? "drops by default" : "refuses some of";
    return [
      {
        code: "foreign-drop",
        severity: "warning" as const,
        what: `the chain ${chain.table} ${chain.name} ${how} what ${way}, also where the policy allows it`,
        where: shortened(refusing),
        remedy: `Where something allowed does not get through, look there; \`bulkhead-agent trace\` shows which rule it was. Take over its rules into the policy, or let it accept.`,
      },
    ];
  });
}

function untracked({ chains }: Picture): readonly Finding[] {
  const rules = linesWith(chains, /\bnotrack\b/);
  if (rules.length === 0) return [];
  return [
    {
      code: "untracked",
      severity: "warning",
      what: "somebody takes packets out of connection tracking: they are of no connection, and are dropped where the policy is enforced",
      where: shortened(rules),
      remedy: "Leave out of notrack what the policy is to allow.",
    },
  ];
}

/** Whoever writes the whole mark takes our stamp away, or gives it to a flow that nobody has judged. */
function marking({ chains, mask }: Picture): readonly Finding[] {
  const rules = linesWith(chains, /\bct mark set\b/).filter((line) => touches(line, mask));
  if (rules.length === 0) return [];
  return [
    {
      code: "mark-collision",
      severity: "warning",
      what: `somebody writes into the bits 0x${mask.toString(16).padStart(8, "0")} of the connection mark, which are ours`,
      where: shortened(rules),
      remedy: "Give Bulkhead other bits with --ct-mark-mask, or let the others keep these as they are.",
    },
  ];
}

/** `ct mark set ct mark & 0x00ffffff | 0x…` keeps our bits; a plain value does not. */
function touches(line: string, mask: number): boolean {
  const kept = /ct mark set (?:ct mark|mark) (?:and|&) (0x[0-9a-f]+)/.exec(line)?.[1];
  if (kept === undefined) return true;
  const written = /(?:\||or|\^|xor) (0x[0-9a-f]+)/.exec(line.slice(line.indexOf(kept)))?.[1] ?? "0";
  return (Number(kept) & mask) >>> 0 !== mask >>> 0 || (Number(written) & mask) !== 0;
}

export function linesWith(chains: readonly ListedChain[], pattern: RegExp): readonly string[] {
  return chains.flatMap(({ table, name, rules }) =>
    rules.filter((rule) => pattern.test(rule)).map((rule) => `${table} ${name}: ${rule}`),
  );
}

/** A chain and all that it leads to. */
export function reachedFrom(first: ListedChain, chains: readonly ListedChain[]): ReadonlySet<ListedChain> {
  const found = new Set([first]);
  for (const chain of found)
    for (const rule of chain.rules)
      for (const [, target] of rule.matchAll(/\b(?:jump|goto) (\S+?)(?=[\s,}]|$)/g)) {
        const next = chains.find(({ table, name }) => table === chain.table && name === target);
        if (next !== undefined) found.add(next);
      }
  return found;
}

export function shortened(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_SHOWN;
  return more > 0 ? [...lines.slice(0, MOST_SHOWN), `and ${more} more`] : lines;
}
