/** Runs of rules that name ports, as verdict maps to small chains. */

import type { ServiceTerm } from "../net/service.ts";
import type { HostRule } from "../rules/host-policy.ts";
import type { DispatchEntry } from "./ruleset.ts";

/** A rule that no verdict map holds: it is about everything, or about a whole protocol. */
export function isWide({ service }: HostRule): boolean {
  return service === "all" || service.some(isWholeProtocol);
}

export function isWholeProtocol({ low, high }: ServiceTerm): boolean {
  return low === 0 && high === 65535;
}

/** Rules in the order in which they are asked, cut where a wide one stands between. */
export type Stretch =
  | { readonly kind: "wide"; readonly rule: HostRule }
  | { readonly kind: "run"; readonly rules: readonly HostRule[] };

export function stretches(rules: readonly HostRule[]): readonly Stretch[] {
  const found: Stretch[] = [];
  let run: HostRule[] = [];
  const close = () => {
    if (run.length > 0) found.push({ kind: "run", rules: run });
    run = [];
  };
  for (const rule of rules) {
    if (!isWide(rule)) {
      run.push(rule);
      continue;
    }
    close();
    found.push({ kind: "wide", rule });
  }
  close();
  return found;
}

/** The rules of one protocol in one run: intervals of numbers, each with the chain that holds its rules. */
export interface Branch {
  readonly protocol: number;
  readonly entries: readonly DispatchEntry[];
  readonly chains: readonly { readonly name: string; readonly rules: readonly HostRule[] }[];
}

/** @param chainName names the chain for the lowest number that leads to it. */
export function branches(
  rules: readonly HostRule[],
  chainName: (protocol: number, low: number) => string,
): readonly Branch[] {
  const protocols = new Map<number, Claim[]>();
  for (const rule of rules) {
    for (const { protocol, low, high } of rule.service === "all" ? [] : rule.service) {
      const claims = protocols.get(protocol) ?? [];
      claims.push({ low, high, rule });
      protocols.set(protocol, claims);
    }
  }
  return [...protocols]
    .sort(([a], [b]) => a - b)
    .map(([protocol, claims]) => branch(protocol, claims, (low) => chainName(protocol, low)));
}

interface Claim {
  readonly low: number;
  readonly high: number;
  readonly rule: HostRule;
}

/** Intervals with the same rules share a chain, so that a rule for a hundred ports has its lines once. */
function branch(protocol: number, claims: readonly Claim[], chainName: (low: number) => string): Branch {
  const chains = new Map<string, { name: string; rules: readonly HostRule[] }>();
  const numbers = new Map<HostRule, number>();
  for (const { rule } of claims) if (!numbers.has(rule)) numbers.set(rule, numbers.size);
  const entries = intervals(claims).map(({ low, high, rules }) => {
    const key = rules.map((rule) => numbers.get(rule)).join(",");
    const chain = chains.get(key) ?? { name: chainName(low), rules };
    chains.set(key, chain);
    return { low, high, chain: chain.name };
  });
  return { protocol, entries: joined(entries), chains: [...chains.values()] };
}

interface Interval {
  readonly low: number;
  readonly high: number;
  readonly rules: readonly HostRule[];
}

/** Sweeps the numbers from below; each interval has the rules that claim it, in their order. */
function intervals(claims: readonly Claim[]): readonly Interval[] {
  const order = new Map(claims.map(({ rule }, at) => [rule, at]));
  const starts = new Map<number, Claim[]>();
  const stops = new Map<number, Claim[]>();
  for (const claim of claims) {
    starts.set(claim.low, [...(starts.get(claim.low) ?? []), claim]);
    stops.set(claim.high + 1, [...(stops.get(claim.high + 1) ?? []), claim]);
  }
  const cuts = [...new Set([...starts.keys(), ...stops.keys()])].sort((a, b) => a - b);
  const open = new Set<Claim>();
  const found: Interval[] = [];
  cuts.forEach((low, at) => {
    for (const claim of stops.get(low) ?? []) open.delete(claim);
    for (const claim of starts.get(low) ?? []) open.add(claim);
    const next = cuts[at + 1];
    if (open.size === 0 || next === undefined) return;
    const rules = [...new Set([...open].map(({ rule }) => rule))].sort(
      (a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0),
    );
    found.push({ low, high: next - 1, rules });
  });
  return found;
}

/** Neighbours that lead to the same chain are one entry. */
function joined(entries: readonly DispatchEntry[]): readonly DispatchEntry[] {
  const result: DispatchEntry[] = [];
  for (const entry of entries) {
    const last = result.at(-1);
    if (last !== undefined && last.high + 1 === entry.low && last.chain === entry.chain)
      result[result.length - 1] = { ...last, high: entry.high };
    else result.push(entry);
  }
  return result;
}
