import { fc, test as property } from "@fast-check/vitest";
import ipaddr from "ipaddr.js";
import { expect, test } from "vitest";
import { type Address, compareAddresses, formatAddress, parseAddress } from "./address.ts";

const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });

/** Addresses with runs of zero bytes, where abbreviation is difficult. */
const sparse = (count: number) =>
  fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(255)), {
    minLength: count,
    maxLength: count,
  });

function numberOf(parsed: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return parsed.toByteArray().reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}

/** All eight groups with all four digits. */
function expanded(raw: ArrayLike<number>): string {
  const digits = Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return (digits.match(/.{4}/g) ?? []).join(":");
}

/** What ipaddr.js makes of a text in our terms. */
function oracle(text: string): Address | undefined {
  if (!ipaddr.isValid(text)) return undefined;
  const parsed = ipaddr.process(text);
  return { family: parsed.kind() === "ipv4" ? 4 : 6, value: numberOf(parsed) };
}

property.prop([bytes(4)])("every IPv4 address is read as ipaddr.js reads it, and written back", (raw) => {
  const text = raw.join(".");
  const address = parseAddress(text);
  expect(address).toEqual(oracle(text));
  expect(address && formatAddress(address)).toBe(text);
});

property.prop([
  fc.oneof(
    bytes(16).map((raw) => [...raw]),
    sparse(16),
  ),
  fc.boolean(),
])(
  "every IPv6 address, however written, is read as ipaddr.js reads it, and written as RFC 5952 says",
  (raw, upper) => {
    const long = new ipaddr.IPv6(raw);
    for (const text of [long.toNormalizedString(), long.toRFC5952String(), expanded(raw)]) {
      const address = parseAddress(upper ? text.toUpperCase() : text);
      expect(address).toEqual(oracle(text));
      if (address?.family === 6) expect(formatAddress(address)).toBe(long.toRFC5952String());
    }
  },
);

property.prop([fc.stringMatching(/^[0-9a-f:.]{0,24}$/)], { numRuns: 20_000 })(
  "texts made of the letters of addresses are addresses exactly where ipaddr.js says so",
  (text) => {
    // ipaddr.js takes what inet_aton takes (octal, fewer parts); the strict form is this.
    const strict = text.includes(":") || /^\d+(\.\d+){3}$/.test(text);
    const octal = /(^|[.:])0\d+(\.|$)/.test(text) && text.includes(".");
    expect(parseAddress(text)).toEqual(strict && !octal ? oracle(text) : undefined);
  },
);

test.each([
  ["::ffff:10.0.0.1", "10.0.0.1"],
  ["::ffff:a00:1", "10.0.0.1"],
  ["::FFFF:10.0.0.1", "10.0.0.1"],
])("the IPv4-mapped %s is %s", (text, canonical) => {
  const address = parseAddress(text);
  expect(address && formatAddress(address)).toBe(canonical);
});

test.each([
  "",
  " ",
  "10.0.0.1 ",
  "10.0.0.01",
  "010.0.0.1",
  "10.0.0",
  "10.0.0.1.2",
  "10.0.0.256",
  "10.0.0.1000",
  "10..0.1",
  ".10.0.0.1",
  "10.0.0.1.",
  "0x0a.0.0.1",
  "167772161",
  "+1.2.3.4",
  "1.2.3.4/32",
  "fe80::1%eth0",
  ":",
  ":::",
  "1:",
  ":1",
  "::1::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7:8::",
  "1::2:3:4:5:6:7:8",
  "12345::",
  "::g",
  "::1.2.3",
  "::1.2.3.4.5",
  "::1.2.3.4:5",
  "::01.2.3.4",
  "1:2:3:4:5:6:7:1.2.3.4",
  "[::1]",
  "::١",
])("'%s' is no address", (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test("addresses sort by family, then by number", () => {
  const texts = ["::1", "10.0.0.2", "2001:db8::", "10.0.0.10", "::"];
  const sorted = texts.map((text) => parseAddress(text) as Address).sort(compareAddresses);
  expect(sorted.map(formatAddress)).toEqual(["10.0.0.2", "10.0.0.10", "::", "::1", "2001:db8::"]);
});
