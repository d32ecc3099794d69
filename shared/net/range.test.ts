import { fc, test as property } from "@fast-check/vitest";
import ipaddr from "ipaddr.js";
import { expect, test } from "vitest";
import { type Address, type Family, formatAddress, HIGHEST, parseAddress } from "./address.ts";
import { type AddressRange, compareRanges, formatRange, parseRange, rangeContains, single } from "./range.ts";

const family = fc.constantFrom<Family>(4, 6);
const address = family.chain((of) =>
  fc.bigInt({ min: 0n, max: HIGHEST[of] }).map((value): Address => ({ family: of, value })),
);

property.prop([address, fc.nat(128), address])(
  "a block holds what ipaddr.js says it holds",
  (base, n, other) => {
    const length = base.family === 4 ? n % 33 : n;
    const text = formatAddress(base);
    const network = (base.family === 4 ? ipaddr.IPv4 : ipaddr.IPv6)
      .networkAddressFromCIDR(`${text}/${length}`)
      .toString();
    const block = parseRange(`${network}/${length}`) as AddressRange;
    expect(rangeContains(block, base)).toBe(true);
    const theirs = ipaddr.parse(formatAddress(other));
    if (other.family === base.family)
      expect(rangeContains(block, other)).toBe(theirs.match(ipaddr.parse(network), length));
  },
);

property.prop([address, address])("what is written is read back the same", (a, b) => {
  const [first, last] = a.value < b.value ? [a.value, b.value] : [b.value, a.value];
  const range: AddressRange = { family: 6, first, last };
  expect(parseRange(formatRange(range))).toEqual(range);
  expect(parseRange(formatAddress(a))).toEqual(single(a));
});

test.each([
  ["10.0.0.1", "10.0.0.1"],
  ["10.0.0.1/32", "10.0.0.1"],
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["::/0", "::/0"],
  ["2001:DB8:0::/48", "2001:db8::/48"],
  ["10.0.0.0-10.0.0.255", "10.0.0.0/24"],
  ["10.0.0.1-10.0.0.255", "10.0.0.1-10.0.0.255"],
  ["10.0.0.7-10.0.0.7", "10.0.0.7"],
  ["::ffff:10.0.0.0/104", "10.0.0.0/8"],
  ["::ffff:10.0.0.1-::ffff:10.0.0.9", "10.0.0.1-10.0.0.9"],
])("%s is written %s", (text, canonical) => {
  expect(formatRange(parseRange(text) as AddressRange)).toBe(canonical);
});

test.each([
  ["10.0.0.5/24", "host-bits", "'10.0.0.5/24' has host bits set, expected '10.0.0.0/24'"],
  ["2001:db8::1/64", "host-bits", "'2001:db8::1/64' has host bits set, expected '2001:db8::/64'"],
  ["10.0.0.0/33", "prefix", "'10.0.0.0/33' has the prefix length '33', expected a number from 0 to 32"],
  ["::/129", "prefix", "'::/129' has the prefix length '129', expected a number from 0 to 128"],
  ["10.0.0.0/", "prefix", "'10.0.0.0/' has the prefix length '', expected a number from 0 to 32"],
  ["10.0.0.0/08", "prefix", "'10.0.0.0/08' has the prefix length '08', expected a number from 0 to 32"],
  [
    "10.0.0.0/255.0.0.0",
    "prefix",
    "'10.0.0.0/255.0.0.0' has the prefix length '255.0.0.0', expected a number from 0 to 32",
  ],
  [
    "10.0.0.9-10.0.0.1",
    "reversed",
    "'10.0.0.9-10.0.0.1' ends before it begins, expected the lower address first",
  ],
  ["10.0.0.9-::1", "mixed", "'10.0.0.9-::1' begins in IPv4 and ends in IPv6, expected one family"],
  ["10.0.0-10.0.0.9", "address", "'10.0.0' is no IPv4 or IPv6 address"],
  ["10.0.0.1 - 10.0.0.9", "address", "'10.0.0.1 ' is no IPv4 or IPv6 address"],
  ["10.0.0.1-9", "address", "'9' is no IPv4 or IPv6 address"],
  ["/8", "address", "'' is no IPv4 or IPv6 address"],
  ["web", "address", "'web' is no IPv4 or IPv6 address"],
])("'%s' is refused: %s", (text, kind, problem) => {
  expect(parseRange(text)).toMatchObject({ kind, problem });
});

test("a block with host bits says which block was probably meant", () => {
  expect(parseRange("10.1.2.3/16")).toMatchObject({ meant: "10.1.0.0/16" });
});

test("ranges sort by family, first and last address", () => {
  const texts = ["::/0", "10.0.0.0/8", "10.0.0.0/24", "9.0.0.0/8"];
  const ranges = texts.map((text) => parseRange(text) as AddressRange).sort(compareRanges);
  expect(ranges.map(formatRange)).toEqual(["9.0.0.0/8", "10.0.0.0/24", "10.0.0.0/8", "::/0"]);
});

test("no range holds an address of the other family", () => {
  const everything = parseRange("::/0") as AddressRange;
  expect(rangeContains(everything, parseAddress("10.0.0.1") as Address)).toBe(false);
});
