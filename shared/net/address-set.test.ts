import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { type Address, type Family, HIGHEST } from "./address.ts";
import { AddressSet } from "./address-set.ts";
import { type AddressRange, formatRange, parseRange } from "./range.ts";

/** A few addresses at both ends of each family, so that random ranges meet, touch and nest. */
const value = (family: Family) =>
  fc.oneof(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: HIGHEST[family] - 12n, max: HIGHEST[family] }));

const range = fc
  .constantFrom<Family>(4, 6)
  .chain((family) =>
    fc
      .tuple(value(family), value(family))
      .map(([a, b]): AddressRange => (a < b ? { family, first: a, last: b } : { family, first: b, last: a })),
  );
const ranges = fc.array(range, { maxLength: 8 });
const set = ranges.map((list) => AddressSet.of(list));
const address = fc
  .constantFrom<Family>(4, 6)
  .chain((family) => value(family).map((number): Address => ({ family, value: number })));

const setOf = (...texts: string[]) => AddressSet.of(texts.map((text) => parseRange(text) as AddressRange));
const textsOf = (some: AddressSet) => some.ranges.map(formatRange);

property.prop([ranges, address])("a set has an address if one of its ranges holds it", (list, one) => {
  const held = list.some((r) => r.family === one.family && r.first <= one.value && one.value <= r.last);
  expect(AddressSet.of(list).has(one)).toBe(held);
});

property.prop([set, set, address])("union, intersect and difference are or, and, and-not", (a, b, one) => {
  expect(a.union(b).has(one)).toBe(a.has(one) || b.has(one));
  expect(a.intersect(b).has(one)).toBe(a.has(one) && b.has(one));
  expect(a.difference(b).has(one)).toBe(a.has(one) && !b.has(one));
});

property.prop([set, set])("the ranges of every result are sorted, disjoint and not adjacent", (a, b) => {
  for (const result of [a, a.union(b), a.intersect(b), a.difference(b)])
    result.ranges.forEach((current, at) => {
      const before = result.ranges[at - 1];
      expect(current.first <= current.last).toBe(true);
      if (before?.family === current.family) expect(before.last + 1n < current.first).toBe(true);
      if (before !== undefined) expect(before.family <= current.family).toBe(true);
    });
});

property.prop([set, set, set])("the laws of sets hold, and equal sets have equal ranges", (a, b, c) => {
  const complement = (some: AddressSet) => AddressSet.everything.difference(some);
  expect(a.union(b)).toEqual(b.union(a));
  expect(a.intersect(b)).toEqual(b.intersect(a));
  expect(a.union(b.union(c))).toEqual(a.union(b).union(c));
  expect(a.intersect(b.union(c))).toEqual(a.intersect(b).union(a.intersect(c)));
  expect(complement(a.union(b))).toEqual(complement(a).intersect(complement(b)));
  expect(complement(complement(a))).toEqual(a);
  expect(a.difference(b)).toEqual(a.intersect(complement(b)));
  expect(a.difference(a)).toEqual(AddressSet.empty);
  expect(a.difference(b).isEmpty).toBe(textsOf(a.union(b)).join() === textsOf(b).join());
});

test("ranges that touch become one, and families never mix", () => {
  expect(textsOf(setOf("10.0.0.0/25", "::", "10.0.0.128/25", "255.255.255.255", "::1"))).toEqual([
    "10.0.0.0/24",
    "255.255.255.255",
    "::/127",
  ]);
});

test("a block with a hole is what is left on both sides", () => {
  expect(textsOf(setOf("10.0.0.0/30").difference(setOf("10.0.0.1")))).toEqual(["10.0.0.0", "10.0.0.2/31"]);
});

test("one hole can cut several ranges, and several holes one range", () => {
  const islands = setOf("10.0.0.0/31", "10.0.0.4/31", "10.0.0.8/31");
  expect(textsOf(islands.difference(setOf("10.0.0.1-10.0.0.8")))).toEqual(["10.0.0.0", "10.0.0.9"]);
  expect(textsOf(setOf("10.0.0.0/29").difference(setOf("10.0.0.0", "10.0.0.3", "10.0.0.7")))).toEqual([
    "10.0.0.1-10.0.0.2",
    "10.0.0.4-10.0.0.6",
  ]);
});

test("everything has both families whole, and empty is empty", () => {
  expect(textsOf(AddressSet.everything)).toEqual(["0.0.0.0/0", "::/0"]);
  expect([AddressSet.empty.isEmpty, AddressSet.everything.isEmpty]).toEqual([true, false]);
});
