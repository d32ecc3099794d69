/** Rules without which everything would be the same on these hosts: exactly, for every address, service and process. */

import type { Direction } from "../policy/policy.ts";
import { World } from "../rules/cells.ts";
import { stands } from "../rules/expiry.ts";
import type { HostRule } from "../rules/host-policy.ts";
import { Meetings } from "../rules/meetings.ts";
import { processesIn } from "../rules/processes.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import { saidSide } from "../rules/resolved-side.ts";
import { Spans } from "../rules/spans.ts";
import { type Process, UNNAMED } from "../rules/spectrum.ts";
import { Views } from "../rules/views.ts";

export interface IdleRule {
  readonly name: string;
  readonly why: /** It holds between no two ends that there are. */
    | "never-matches"
    /** An allow rule, where all that it allows is denied. */
    | "shadowed"
    /** Where all that it says is said by others. */
    | "redundant";
  /** Names of the rules that deny or say the same; in the policy's order. */
  readonly by: readonly string[];
}

/**
 * In the policy's order. All that are redundant can go together: of two that say the same, the later one is told. Cost: as many cells as the rules on each host speak of.
 */
export function idleRules(resolved: ResolvedPolicy): readonly IdleRule[] {
  const order = new Map(resolved.policy.rules.map(({ name }, at) => [name, at]));
  const living = resolved.policy.rules.filter(
    ({ expires }) => expires === undefined || resolved.now === undefined || expires > resolved.now,
  );
  const places = placesOf(resolved);
  const removed = new Set<string>();
  const idle = living.toReversed().flatMap(({ name }): IdleRule[] => {
    const needs = (places.get(name) ?? []).map((place) => needOf(name, place, removed));
    if (needs.some(({ isNeeded }) => isNeeded)) return [];
    removed.add(name);
    if (needs.length === 0) return [{ name, why: "never-matches", by: [] }];
    const isShadowed = needs.every(({ isDenied }) => isDenied);
    const by = [...new Set(needs.flatMap((need) => need.by))];
    const sorted = by.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    return [{ name, why: isShadowed ? "shadowed" : "redundant", by: sorted }];
  });
  return idle.reverse();
}

/** The rules that hold between some two ends, on one of their hosts. */
interface Place {
  readonly direction: Direction;
  readonly rules: readonly HostRule[];
}

/** By the name of each rule, the places in which it holds; those that are alike once. */
function placesOf(resolved: ResolvedPolicy): ReadonlyMap<string, readonly Place[]> {
  const side = saidSide(resolved);
  const world = new World([side]);
  const cells = world.cells(world.everything);
  const meetings = new Meetings(cells, cells);
  const views = new Views([side], cells);
  const places = new Places(resolved.now);
  for (const at of cells.keys())
    for (const direction of ["egress", "ingress"] as const) {
      const { usual, exceptions } = views.of(at, direction);
      const isAlone = meetings.outOfReachOf(at);
      const odd = new Set(exceptions.flatMap(({ peers }) => peers));
      const isUsual = (peer: number) => !odd.has(peer) && !isAlone.has(peer);
      for (const { judged, peers } of exceptions)
        if (peers.some((peer) => !isAlone.has(peer))) places.add(direction, judged[0]?.rules ?? []);
      if (usual[0] !== undefined && cells.keys().some(isUsual)) places.add(direction, usual[0].rules);
    }
  return places.byRule;
}

class Places {
  readonly byRule = new Map<string, Place[]>();
  readonly #now: number | undefined;
  readonly #numbers = new Map<HostRule, number>();
  readonly #seen = new Set<string>();

  constructor(now: number | undefined) {
    this.#now = now;
  }

  add(direction: Direction, all: readonly HostRule[]): void {
    const rules = all.filter((rule) => stands(rule, this.#now));
    const key = rules
      .map((rule) => this.#numbers.getOrInsertComputed(rule, () => this.#numbers.size))
      .join(" ");
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    for (const name of new Set(rules.map(({ rule }) => rule.name)))
      this.byRule.getOrInsertComputed(name, () => []).push({ direction, rules });
  }
}

interface Need {
  readonly isNeeded: boolean;
  /** All that it allows here is denied. */
  readonly isDenied: boolean;
  readonly by: readonly string[];
}

/** Whether anything would be different in this place without the rule, when those others are gone already. */
function needOf(name: string, { rules }: Place, removed: ReadonlySet<string>): Need {
  const own = rules.filter(({ rule }) => rule.name === name);
  const others = rules.filter(({ rule }) => rule.name !== name && !removed.has(rule.name));
  const action = own[0]?.action ?? "allow";
  const processes: readonly Process[] = [UNNAMED, ...unitsAlone(rules), ...processesIn(rules)];
  const by = new Set<string>();
  let isDenied = action === "allow";
  for (const process of processes) {
    const said = spansOf(own, action, process);
    if (said.isEmpty) continue;
    const denied = action === "allow" ? spansOf(others, "deny", process) : Spans.none;
    const effective = said.subtract(denied);
    if (!effective.subtract(spansOf(others, action, process)).isEmpty)
      return { isNeeded: true, isDenied: false, by: [] };
    if (!effective.isEmpty) isDenied = false;
    const asking = effective.isEmpty ? said : effective;
    for (const other of others) {
      const isSame = effective.isEmpty ? other.action === "deny" : other.action === action;
      if (isSame && isFor(other, process) && !asking.intersect(Spans.of(other.service)).isEmpty)
        by.add(other.rule.name);
    }
  }
  return { isNeeded: false, isDenied, by: [...by] };
}

/** On ingress, listeners by their units. */
function unitsAlone(rules: readonly HostRule[]): readonly Process[] {
  return [...new Set(rules.flatMap(({ local }) => local.unit ?? []))].map((unit) => ({
    unit,
    user: undefined,
  }));
}

function spansOf(rules: readonly HostRule[], action: HostRule["action"], process: Process): Spans {
  const those = rules.filter((rule) => rule.action === action && isFor(rule, process));
  return Spans.of(...those.map(({ service }) => service));
}

function isFor({ local: { unit, user } }: HostRule, process: Process): boolean {
  return (unit === undefined || unit === process.unit) && (user === undefined || user === process.user);
}
