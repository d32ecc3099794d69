/** From what was seen while observing to the smallest readable policy that would allow it. Pure: the same records give the same text. */

import type { Direction } from "../policy/policy.ts";
import { type Observed, sortOut } from "./observed.ts";
import type { FlowRecord } from "./record.ts";
import { isAnybody, sortedAddresses } from "./strangers.ts";
import type { SuggestedFor, SuggestedRule, SuggestedSegment, Suggestion } from "./suggestion.ts";
import { suggestionText } from "./suggestion-text.ts";

export function suggest(records: readonly FlowRecord[], subject: SuggestedFor): Suggestion {
  const { wanted, leftOut } = sortOut(records);
  const segments = new SuggestedSegments();
  const rules = (["ingress", "egress"] as const).flatMap((direction) =>
    rulesFor(direction, wanted, segments),
  );
  const sum = (some: readonly Observed[]) => some.reduce((all, { connections }) => all + connections, 0);
  const covered = sum(wanted);
  const missed = sum(leftOut.map(({ observed }) => observed));
  const connections = { seen: covered + missed, covered, leftOut: missed };
  const text = suggestionText({ subject, rules, segments: segments.all, leftOut, connections });
  return { text, connections, rules, leftOut };
}

/** Services with the same peers are one rule. */
function rulesFor(
  direction: Direction,
  wanted: readonly Observed[],
  segments: SuggestedSegments,
): readonly SuggestedRule[] {
  const here = wanted.filter((observed) => observed.direction === direction);
  const byService = Map.groupBy(here, ({ service }) => service);
  const byPeers = Map.groupBy([...byService], ([, some]) => segments.peersOf(some).join(" "));
  return [...byPeers.values()]
    .map((group) => {
      const some = group.flatMap(([, observed]) => observed);
      return {
        direction,
        services: group.map(([service]) => service).sort(),
        peers: segments.peersOf(some),
        connections: some.reduce((all, { connections }) => all + connections, 0),
        units: [...new Set(some.flatMap(({ units }) => [...units]))].sort(),
        last: Math.max(...some.map(({ last }) => last)),
      };
    })
    .sort((a, b) => b.connections - a.connections || (a.services.join() < b.services.join() ? -1 : 1))
    .map((rule, at) => ({ ...rule, name: `suggested-${direction}-${at + 1}` }));
}

/** Segments for peers that are in none, made as they are needed: equal peers are one segment. */
class SuggestedSegments {
  readonly #byAddresses = new Map<string, SuggestedSegment>();

  get all(): readonly SuggestedSegment[] {
    return [...this.#byAddresses.values()];
  }

  /** What a rule about these would name, in one order. */
  peersOf(some: readonly Observed[]): readonly string[] {
    const known = [...new Set(some.flatMap(({ segment }) => segment ?? []))].sort();
    const strangers = some.filter(({ segment }) => segment === undefined);
    if (strangers.length === 0) return known;
    const addresses = sortedAddresses(strangers.map(({ address }) => address));
    if (isAnybody(addresses)) return ["any"];
    return [...known, this.#segmentOf(addresses, strangers)];
  }

  #segmentOf(addresses: readonly string[], some: readonly Observed[]): string {
    const key = addresses.join(" ");
    const made = this.#byAddresses.getOrInsertComputed(key, () => ({
      name: `suggested-peers-${this.#byAddresses.size + 1}`,
      addresses,
      hosts: [...new Set(some.flatMap(({ host }) => host ?? []))].sort(),
    }));
    return made.name;
  }
}
