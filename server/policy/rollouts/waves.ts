/** In which order a version comes to hosts, and how many at a time. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { RolloutWave } from "../../store/rollouts/rollout-store.ts";

/** A host, and what it has in common with others: the segments that it is in. */
export interface Rankable {
  readonly name: string;
  readonly kind: string;
}

export interface PlannedWave extends Pick<RolloutWave, "asked"> {
  readonly hosts: readonly string[];
}

export const MOST_WAVES = 20;
const WAVE = /^(?:([1-9]\d{0,6})|([1-9]\d?|100)%)$/;

/**
 * So that any beginning of the list has hosts of each kind in proportion: of the n of a kind, the i-th stands at (i + ½) / n of the way. The kind with the most hosts comes
 * first, as the others of it go on if one breaks; a host that is alone in its kind comes in the middle. Depends on names and kinds alone.
 */
export function spread(hosts: readonly Rankable[]): readonly string[] {
  const kinds = Map.groupBy(hosts, ({ kind }) => kind);
  const placed = [...kinds].flatMap(([kind, some]) =>
    some
      .toSorted((a, b) => compare(a.name, b.name))
      .map(({ name }, at) => ({ name, kind, place: (2 * at + 1) / some.length })),
  );
  return placed
    .sort((a, b) => a.place - b.place || compare(a.kind, b.kind) || compare(a.name, b.name))
    .map(({ name }) => name);
}

/**
 * `1`, `10%`, `100%`: each says how many hosts follow once it has begun, of those for whom something changes. All the others come with the last one, which is everybody.
 * Waves that bring nobody are left out. Throws `server/invalid-request`.
 */
export function planWaves(
  asked: readonly string[],
  changing: readonly string[],
  others: readonly string[],
): readonly PlannedWave[] {
  assertWaves(asked);
  const steps = asked.at(-1) === "100%" ? asked : [...asked, "100%"];
  const waves: PlannedWave[] = [];
  let reached = 0;
  for (const text of steps.slice(0, -1)) {
    const until = Math.min(changing.length, countOf(text, changing.length));
    if (until <= reached) continue;
    waves.push({ asked: text, hosts: changing.slice(reached, until) });
    reached = until;
  }
  return [...waves, { asked: "100%", hosts: [...changing.slice(reached), ...others] }];
}

/** Throws `server/invalid-request`. */
function assertWaves(asked: readonly string[]): void {
  const wrong = asked.find((text) => !WAVE.test(text));
  if (wrong !== undefined || asked.length === 0 || asked.length > MOST_WAVES)
    throw new BulkheadError(
      "server/invalid-request",
      wrong === undefined
        ? `${asked.length} waves, expected 1 to ${MOST_WAVES}`
        : `'${wrong}' is no wave, expected a number of hosts such as 1, or a part of them such as 10%`,
    );
  for (const unit of ["", "%"]) {
    const same = asked.filter((text) => text.endsWith("%") === (unit === "%")).map(Number.parseFloat);
    const at = same.findIndex((size, place) => place > 0 && size <= (same[place - 1] ?? 0));
    if (at > 0)
      throw new BulkheadError(
        "server/invalid-request",
        `each wave has to reach more hosts than the one before, and ${same[at]}${unit} comes after ${same[at - 1]}${unit}`,
      );
  }
}

function countOf(text: string, all: number): number {
  const number = Number.parseFloat(text);
  return text.endsWith("%") ? Math.ceil((all * number) / 100) : number;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
