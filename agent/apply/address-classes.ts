/** Cuts the space of addresses into classes that no rule tells apart. */

import { HIGHEST } from "@bulkhead/shared/net/address.ts";
import { AddressSet } from "@bulkhead/shared/net/address-set.ts";
import type { AddressRange } from "@bulkhead/shared/net/range.ts";

/** The addresses that are in exactly these of the named sets. */
export interface AddressClass {
  readonly inside: ReadonlySet<string>;
  readonly addresses: AddressSet;
}

/** The classes of some named sets; together they are every address. Cost: that of sorting all ranges. */
export function addressClasses(sets: ReadonlyMap<string, AddressSet>): readonly AddressClass[] {
  const classes = new Map<string, { inside: ReadonlySet<string>; ranges: AddressRange[] }>();
  for (const family of [4, 6] as const) {
    const active = new Set<string>();
    let first = 0n;
    const close = (before: bigint) => {
      if (before <= first) return;
      const names = [...active].sort();
      classes
        .getOrInsertComputed(names.join("\n"), () => ({ inside: new Set(names), ranges: [] }))
        .ranges.push({ family, first, last: before - 1n });
      first = before;
    };
    for (const { at, name, begins } of edges(sets, family)) {
      close(at);
      if (begins) active.add(name);
      else active.delete(name);
    }
    close(HIGHEST[family] + 1n);
  }
  return [...classes.values()].map(({ inside, ranges }) => ({ inside, addresses: AddressSet.of(ranges) }));
}

interface Edge {
  /** The first address for which it counts. */
  readonly at: bigint;
  readonly name: string;
  readonly begins: boolean;
}

function edges(sets: ReadonlyMap<string, AddressSet>, family: 4 | 6): readonly Edge[] {
  const all = [...sets].flatMap(([name, { ranges }]) =>
    ranges
      .filter((range) => range.family === family)
      .flatMap(({ first, last }) => [
        { at: first, name, begins: true },
        { at: last + 1n, name, begins: false },
      ]),
  );
  return all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
