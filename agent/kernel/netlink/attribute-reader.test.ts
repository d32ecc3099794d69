import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { AttributeReader } from "./attribute-reader.ts";
import { NetlinkWriter } from "./netlink-writer.ts";

function reader(hexadecimal: string): AttributeReader {
  const bytes = Uint8Array.from(Buffer.from(hexadecimal.replaceAll(" ", ""), "hex"));
  return new AttributeReader(new DataView(bytes.buffer), 0, bytes.length);
}

test("attributes are walked one by one, padding passed over", () => {
  // One attribute a line: length, type, payload, padding.
  const attributes = reader(
    `
    0500 0100 2a 000000
    0600 0200 0050 0000
    0800 0380 04000000
    0800 0400 00000005
    0c00 0500 0100000000000080
    0700 0600 637400 00
  `.replaceAll("\n", ""),
  );
  const next = () => {
    expect(attributes.next()).toBe(true);
    return attributes;
  };
  expect(next().u8()).toBe(42);
  expect(next().u16be()).toBe(80);
  expect(next().u32()).toBe(4);
  expect(attributes.type, "without the flag of nesting").toBe(3);
  expect(next().u32be()).toBe(5);
  expect(next().u64()).toBe(0x8000000000000001n);
  expect(next().text()).toBe("ct");
  expect(attributes.next()).toBe(false);
  attributes.finish("a test");
});

test.each([
  ["a header that is cut", "0400 01", "3 bytes where an attribute should begin"],
  ["longer than what is left", "0900 0100 00000000", "an attribute of 9 bytes where 8 are left"],
  ["shorter than its header", "0300 0100", "an attribute of 3 bytes where 4 are left"],
  ["of no length", "0000 0000", "an attribute of 0 bytes where 4 are left"],
])("an attribute %s is an error that sticks", (_what, bytes, words) => {
  const attributes = reader(bytes);
  expect(attributes.next()).toBe(false);
  expect(attributes.next()).toBe(false);
  expect(attributes.u32()).toBe(0);
  expect(() => attributes.finish("a test")).toThrow(
    expect.objectContaining({ code: "kernel/netlink-malformed", message: `netlink: a test: ${words}` }),
  );
});

test("a value that is longer than its attribute is an error, and not the neighbour's bytes", () => {
  const attributes = reader("0600 0100 ffff 0000 0800 0200 ffffffff");
  expect(attributes.next()).toBe(true);
  expect(attributes.u32()).toBe(0);
  expect(attributes.next()).toBe(false);
  expect(() => attributes.finish("a test")).toThrow("attribute 1 has 2 bytes, not 4");
});

test("an error inside a nested attribute is the outer reader's as well", () => {
  const attributes = reader("0c00 0180 1000 0100 00000000 0800 0200 05000000");
  attributes.next();
  expect(attributes.nested().next()).toBe(false);
  expect(attributes.next()).toBe(false);
  expect(() => attributes.finish("a test")).toThrow("an attribute of 16 bytes where 8 are left");
});

test("a reader that begins beyond its end is in error at once", () => {
  const empty = new AttributeReader(new DataView(new ArrayBuffer(8)), 72, 8);
  expect(empty.next()).toBe(false);
  expect(() => empty.finish("a test")).toThrow(BulkheadError);
});

/** Reads all there is in every way, as deep as it goes; the number of attributes. */
function readAll(attributes: AttributeReader, depth = 0): number {
  let count = 0;
  while (attributes.next()) {
    count++;
    attributes.text();
    if (depth < 8) count += readAll(attributes.nested(), depth + 1);
    if (attributes.type % 3 === 0) attributes.u64();
    if (attributes.type % 5 === 0) attributes.place(attributes.type % 2 === 0 ? 4 : 16);
  }
  return count;
}

propertyTest.prop([fc.uint8Array({ maxLength: 200 }), fc.nat(50), fc.nat(50)], { numRuns: 3_000 })(
  "random bytes are read to an end, never outside the slice, and fail in our own words only",
  (bytes, before, after) => {
    // Whatever lies around the slice must not change what is read from it.
    const outcomes = [0x00, 0xff].map((surroundings) => {
      const memory = new Uint8Array(before + bytes.length + after).fill(surroundings);
      memory.set(bytes, before);
      const attributes = new AttributeReader(new DataView(memory.buffer), before, before + bytes.length);
      const count = readAll(attributes);
      expect(count).toBeLessThanOrEqual(bytes.length * 4);
      return { count, failure: failureOf(attributes) };
    });
    expect(outcomes[0]).toEqual(outcomes[1]);
  },
);

function failureOf(attributes: AttributeReader): string | undefined {
  try {
    attributes.finish("fuzz");
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(BulkheadError);
    return String(error);
  }
}

test("what the writer writes, the reader reads", () => {
  const writer = new NetlinkWriter();
  writer.message({ type: 1, flags: 2, sequence: 3 }, () => {
    writer.text(1, "bulkhead");
    writer.nest(2, () => {
      writer.u16be(1, 443);
      writer.nest(2, () => writer.bytes(1, Uint8Array.of(1, 2, 3)));
    });
    writer.u32(3, 0xfffffffe);
  });
  const bytes = writer.written();
  const attributes = new AttributeReader(new DataView(bytes.buffer), 16, bytes.length);
  attributes.next();
  expect(attributes.text()).toBe("bulkhead");
  attributes.next();
  const inner = attributes.nested();
  inner.next();
  expect(inner.u16be()).toBe(443);
  inner.next();
  const innermost = inner.nested();
  innermost.next();
  expect(innermost.place(3)).toBeDefined();
  attributes.next();
  expect(attributes.u32()).toBe(0xfffffffe);
  attributes.finish("a test");
});
