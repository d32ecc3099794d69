/** The world cut into cells: ends of flows that no rule of any side tells apart. */

import { type Address, compareAddresses, formatAddress, parseAddress } from "../net/address.ts";
import { AddressSet } from "../net/address-set.ts";
import { rangeContains, single } from "../net/range.ts";
import { BlockMap } from "./block-map.ts";
import { byWidth } from "./nouns.ts";
import type { Noun, Side } from "./side.ts";

/** Addresses and DNS names that are asked about, or that have something in common. */
export interface Ends {
  readonly addresses: AddressSet;
  readonly names: readonly string[];
}

/** Ends that every side treats alike, of either family. */
export interface Cell extends Ends {
  /** Equal for cells of one world that are treated alike. */
  readonly key: string;
  /** Some of them, enough to find two that can talk to each other. */
  readonly examples: readonly Example[];
  /** What the narrowest block that holds it is called. */
  readonly block: string | undefined;
}

export interface Example {
  /** An address or a DNS name, as a flow's end. */
  readonly text: string;
  /** Undefined for a DNS name, which may resolve to either. */
  readonly family: 4 | 6 | undefined;
  /** By side, the host that has the address. */
  readonly owners: readonly (string | undefined)[];
}

/** Loopback never leaves a host, so it is no part of the world between them. */
export const WORLD = AddressSet.everything.difference(
  AddressSet.of([
    { family: 4, first: 127n << 24n, last: (128n << 24n) - 1n },
    { family: 6, first: 1n, last: 1n },
  ]),
);

export class World {
  readonly #sides: readonly Side[];
  /** Of all sides, the narrowest first. */
  readonly #blocks: readonly Noun[];
  readonly #blockMap: BlockMap;
  /** Sorted by address. */
  readonly #points: readonly WorldPoint[];
  readonly #pointSet: AddressSet;

  /** @param blocks of all sides, as they are to be called. */
  constructor(sides: readonly Side[], blocks: readonly Noun[] = sides.flatMap((side) => side.blocks)) {
    this.#sides = sides;
    this.#blocks = blocks.toSorted((a, b) => byWidth(b, a));
    this.#blockMap = new BlockMap(this.#blocks.map(({ addresses }) => addresses));
    this.#points = pointsOf(sides);
    this.#pointSet = AddressSet.of(this.#points.map(({ address }) => single(address)));
  }

  /** Every end that there is. */
  get everything(): Ends {
    return { addresses: WORLD, names: [...new Set(this.#sides.flatMap(({ names }) => [...names.keys()]))] };
  }

  /** The addresses of no host. */
  get unmanaged(): AddressSet {
    return WORLD.difference(this.#pointSet);
  }

  /** Cuts some ends into cells. */
  cells(asked: Ends): readonly Cell[] {
    return [...this.#outside(asked), ...this.#managed(asked), ...this.#named(asked)];
  }

  #outside({ addresses }: Ends): readonly Cell[] {
    return this.#blockMap.split(addresses.difference(this.#pointSet)).map((piece) => ({
      key: `outside ${piece.signature}`,
      addresses: piece.addresses,
      names: [],
      examples: examplesOf(piece.addresses),
      block: this.#narrowest(piece.signature),
    }));
  }

  #managed({ addresses }: Ends): readonly Cell[] {
    const cells = new Map<string, WorldPoint[]>();
    for (const point of this.#pointsIn(addresses)) {
      const key = JSON.stringify([this.#blockMap.signatureOf(point.address), point.signatures]);
      cells.getOrInsertComputed(key, () => []).push(point);
    }
    return Array.from(cells, ([key, points]) => ({
      key,
      addresses: AddressSet.of(points.map(({ address }) => single(address))),
      names: [],
      examples: strangersAmong(points),
      block: undefined,
    }));
  }

  #named({ names }: Ends): readonly Cell[] {
    const cells = Map.groupBy(names, (name) =>
      JSON.stringify(this.#sides.map((side) => side.names.get(name) ?? null)),
    );
    return Array.from(cells, ([key, alike]) => ({
      key: `names ${key}`,
      addresses: AddressSet.empty,
      names: alike,
      examples: alike.slice(0, 1).map((text) => ({ text, family: undefined, owners: [] })),
      block: undefined,
    }));
  }

  #narrowest(signature: number): string | undefined {
    const [position] = this.#blockMap.blocksOf(signature);
    return position === undefined ? undefined : this.#blocks[position]?.label;
  }

  #pointsIn(addresses: AddressSet): readonly WorldPoint[] {
    return addresses.ranges.flatMap((range) => {
      const start = lowerBound(this.#points, { family: range.family, value: range.first });
      let end = start;
      for (let point = this.#points[end]; point !== undefined; point = this.#points[++end])
        if (!rangeContains(range, point.address)) break;
      return this.#points.slice(start, end);
    });
  }
}

export interface FlowEnds {
  readonly source: string;
  readonly destination: string;
}

/** Two ends that can talk to each other; undefined where all are of one host, or of different families. */
export function meetingOf(a: Cell, b: Cell): FlowEnds | undefined {
  for (const source of a.examples)
    for (const destination of b.examples)
      if (canMeet(source, destination)) return { source: source.text, destination: destination.text };
  return undefined;
}

function canMeet(a: Example, b: Example): boolean {
  if (a.family !== undefined && b.family !== undefined && a.family !== b.family) return false;
  return areStrangers(a.owners, b.owners);
}

/** Whether no side takes them for addresses of one host. */
function areStrangers(a: Example["owners"], b: Example["owners"]): boolean {
  return a.every((owner, side) => owner === undefined || owner !== b[side]);
}

interface WorldPoint extends Example {
  readonly family: 4 | 6;
  readonly address: Address;
  /** By side. */
  readonly signatures: readonly (string | null)[];
}

function pointsOf(sides: readonly Side[]): readonly WorldPoint[] {
  const bySide = sides.map(({ points }) => new Map(points.map((point) => [point.address, point])));
  const texts = new Set(bySide.flatMap((points) => [...points.keys()]));
  return [...texts]
    .flatMap((text): WorldPoint[] => {
      const address = parseAddress(text);
      if (address === undefined) return [];
      const here = bySide.map((points) => points.get(text));
      const owners = here.map((point) => point?.owner);
      const signatures = here.map((point) => point?.signature ?? null);
      return [{ text, family: address.family, address, owners, signatures }];
    })
    .sort((a, b) => compareAddresses(a.address, b.address));
}

/** Per family a few that are of different hosts: one of them can talk to whatever anyone of them could talk to. */
function strangersAmong(points: readonly WorldPoint[]): readonly Example[] {
  const strangers: WorldPoint[] = [];
  const enough = { 4: 4, 6: 4 };
  for (const point of points) {
    if (enough[4] + enough[6] === 0) break;
    if (enough[point.family] === 0) continue;
    const alike = strangers.filter(({ family }) => family === point.family);
    if (!alike.every((other) => areStrangers(point.owners, other.owners))) continue;
    strangers.push(point);
    enough[point.family]--;
  }
  return strangers;
}

/** Addresses that are made for examples (RFC 5737, RFC 3849), where they are among these. */
const FAMILIAR = ["192.0.2.1", "2001:db8::1"].flatMap((text) => parseAddress(text) ?? []);

function examplesOf(addresses: AddressSet): readonly Example[] {
  return ([4, 6] as const).flatMap((family) => {
    const familiar = FAMILIAR.find((address) => address.family === family && addresses.has(address));
    const range = addresses.ranges.find((one) => one.family === family);
    if (range === undefined) return [];
    // A block's first address is rarely a host's.
    const value = familiar?.value ?? (range.first < range.last ? range.first + 1n : range.first);
    return [{ text: formatAddress({ family, value }), family, owners: [] }];
  });
}

function lowerBound(points: readonly WorldPoint[], address: Address): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const point = points[middle];
    if (point !== undefined && compareAddresses(point.address, address) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
