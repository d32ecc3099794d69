import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { type Address, HIGHEST } from "../net/address.ts";
import { AddressSet } from "../net/address-set.ts";
import { BlockMap } from "./block-map.ts";

/** Few values, the ends of both families among them, so that edges meet. */
const value = (family: 4 | 6) =>
  fc.oneof(fc.bigInt(0n, 12n), fc.constantFrom(HIGHEST[family], HIGHEST[family] - 1n));
const range = fc.constantFrom<4 | 6>(4, 6).chain((family) =>
  fc.tuple(value(family), value(family)).map((ends) => {
    const [first = 0n, last = 0n] = ends.toSorted((a, b) => (a < b ? -1 : 1));
    return { family, first, last };
  }),
);
const set = fc.array(range, { maxLength: 3 }).map((ranges) => AddressSet.of(ranges));
const address: fc.Arbitrary<Address> = fc
  .constantFrom<4 | 6>(4, 6)
  .chain((family) => value(family).map((one) => ({ family, value: one })));

test.prop([fc.array(set, { maxLength: 5 }), address])(
  "an address's signature tells exactly the blocks that hold it",
  (blocks, at) => {
    const map = new BlockMap(blocks);
    const holding = blocks.flatMap((block, position) => (block.has(at) ? position : []));
    expect(map.blocksOf(map.signatureOf(at))).toEqual(holding);
  },
);

test.prop([fc.array(set, { maxLength: 5 }), set, address])(
  "a set is cut into pieces of equal signature that are all of it",
  (blocks, asked, at) => {
    const map = new BlockMap(blocks);
    const pieces = map.split(asked);
    expect(AddressSet.of(pieces.flatMap(({ addresses }) => addresses.ranges))).toEqual(asked);
    expect(new Set(pieces.map(({ signature }) => signature)).size).toBe(pieces.length);
    const mine = pieces.filter(({ addresses }) => addresses.has(at));
    expect(mine.map(({ signature }) => signature)).toEqual(asked.has(at) ? [map.signatureOf(at)] : []);
  },
);
