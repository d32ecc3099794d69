import { expect, test } from "vitest";
import { NetlinkWriter } from "./netlink-writer.ts";

function hexadecimal(writer: NetlinkWriter): string {
  return Buffer.from(writer.written()).toString("hex");
}

test("a message is a header of 16 bytes and attributes padded to four (linux/netlink.h)", () => {
  const writer = new NetlinkWriter();
  writer.message({ type: 0x0a06, flags: 0x0c01, sequence: 7 }, () => {
    writer.raw(Uint8Array.of(1, 0, 0, 0));
    writer.u8(1, 0x2a);
    writer.nest(2, () => writer.u32be(3, 1));
  });
  // nlmsg_len, nlmsg_type, nlmsg_flags, nlmsg_seq, nlmsg_pid; nfgenmsg; then one attribute a line.
  expect(hexadecimal(writer)).toBe(
    [
      "28000000",
      "060a",
      "010c",
      "07000000",
      "00000000",
      "01000000",
      "050001002a000000",
      "0c000280",
      "0800030000000001",
    ].join(""),
  );
});

test("flags can be added to the last message, and only to it", () => {
  const writer = new NetlinkWriter();
  for (const sequence of [1, 2]) writer.message({ type: 1, flags: 1, sequence }, () => {});
  writer.addFlags(4);
  const view = new DataView(writer.written().slice().buffer);
  expect([view.getUint16(6, true), view.getUint16(22, true)]).toEqual([1, 5]);
});

test("the memory grows under any kind of write, and is clean when it is used again", () => {
  for (let length = 960; length < 1060; length += 4) {
    const writer = new NetlinkWriter();
    writer.message({ type: 1, flags: 1, sequence: 1 }, () =>
      writer.bytes(1, new Uint8Array(length).fill(0xff)),
    );
    writer.message({ type: 0x1111, flags: 1, sequence: 0x22222222 }, () => {
      writer.u8(1, 0x33);
      writer.text(2, "ct");
      writer.nest(3, () => writer.u32be(4, 0x44444444));
    });
    expect(hexadecimal(writer).slice(-2 * 44)).toBe(
      "2c00000011110100222222220000000005000100330000000700020063740000" + "0c0003800800040044444444",
    );
    writer.reset();
    writer.message({ type: 0, flags: 0, sequence: 0 }, () => writer.u8(0, 0));
    expect(hexadecimal(writer)).toBe("18000000".padEnd(32, "0") + "05000000".padEnd(16, "0"));
  }
});

test("an attribute that its 16 bits of length cannot tell is refused", () => {
  const writer = new NetlinkWriter();
  expect(() => writer.bytes(1, new Uint8Array(65_532))).toThrow(RangeError);
  writer.bytes(1, new Uint8Array(65_531));
  expect(() => writer.nest(1, () => writer.bytes(1, new Uint8Array(65_530)))).toThrow(RangeError);
});
