/** Where the units of each host are: on a ring in it. A unit's place follows from its name, so that another one that comes moves none, as far as there is room. Pure. */

import { endOf, partOf, type Seen, unitNode } from "./network.ts";
import type { Region } from "./regions.ts";

export interface UnitPlace {
  readonly node: string;
  readonly host: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** How much of the room between hosts each of them takes. */
export const HOST_RADIUS = 0.4;
const RING = 0.24;
const LEAST_PLACES = 8;

export function unitsOf(all: readonly Seen[], regions: readonly Region[]): readonly UnitPlace[] {
  const parts = new Map<string, Set<string>>();
  const add = (host: string, part: string) => parts.getOrInsertComputed(host, () => new Set()).add(part);
  for (const { source, destination, service } of all) {
    add(endOf(source), partOf(source, undefined));
    add(endOf(destination), partOf(destination, service));
  }
  return regions.flatMap(({ members }) =>
    members.flatMap(({ name, x, y }) =>
      ring([...(parts.get(name) ?? [])].sort()).map(({ part, angle }) => ({
        ...{ node: unitNode(name, part), host: name, label: part },
        ...{ x: x + RING * Math.cos(angle), y: y + RING * Math.sin(angle) },
      })),
    ),
  );
}

/** Each at the place that its name says; where that is taken, at the next one that is free. */
function ring(parts: readonly string[]): readonly { readonly part: string; readonly angle: number }[] {
  const places = 2 ** Math.ceil(Math.log2(Math.max(LEAST_PLACES, 2 * parts.length)));
  const taken = new Set<number>();
  return parts.map((part) => {
    let place = hashOf(part) % places;
    while (taken.has(place)) place = (place + 1) % places;
    taken.add(place);
    return { part, angle: (2 * Math.PI * (place + 0.5)) / places };
  });
}

/** FNV-1a (draft-eastlake-fnv), 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  // Its lowest bits are the weakest, and they are what a small ring looks at.
  return (hash ^ (hash >>> 15)) >>> 0;
}
