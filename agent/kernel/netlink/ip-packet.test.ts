import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../fixtures/event-bytes.ts";
import { AddressTexts } from "./address-texts.ts";
import { readIpPacket } from "./ip-packet.ts";

function read(hexadecimal: string) {
  const bytes = bytesOf(hexadecimal);
  const view = new DataView(bytes.buffer);
  return readIpPacket(view, { start: 0, end: bytes.length }, new AddressTexts(view));
}

/** Version and length of the header, fragment field, protocol, then what follows the addresses. */
function ipv4({ first = "45", fragment = "0000", protocol = "06", rest = "" }): string {
  return `${first} 00 0054 0000 ${fragment} 40 ${protocol} 0000 0a000001 0a000002 ${rest}`;
}

function ipv6(next: string, rest: string): string {
  return `60000000 0040 ${next} 40 fd00000000000000 0000000000000001 fd00000000000000 0000000000000002 ${rest}`;
}

const V4 = { source: "10.0.0.1", destination: "10.0.0.2" };
const V6 = { source: "fd00::1", destination: "fd00::2" };
const PORTS = "a44f 1538";
const WITH_PORTS = { sourcePort: 0xa44f, service: 5432 };
const WITHOUT = { sourcePort: 0, service: 0 };

describe("IPv4", () => {
  test.each([
    ["TCP", "06", 6],
    ["UDP", "11", 17],
    ["SCTP", "84", 132],
    ["DCCP", "21", 33],
    ["UDP-Lite", "88", 136],
  ])("%s has ports", (_name, protocol, number) => {
    expect(read(ipv4({ protocol, rest: PORTS }))).toEqual({
      flow: { ...V4, protocol: number, ...WITH_PORTS },
      bytes: 84,
    });
  });

  test("options are passed over", () => {
    const { flow } = read(ipv4({ first: "47", rest: `0101010101010101 ${PORTS}` }));
    expect(flow).toEqual({ ...V4, protocol: 6, ...WITH_PORTS });
  });

  test("ICMP has type and code, and an id where it asks or answers", () => {
    expect(read(ipv4({ protocol: "01", rest: "0800 ffff 0007 0001" })).flow).toEqual({
      ...V4,
      protocol: 1,
      sourcePort: 7,
      service: 8 * 256,
    });
    expect(read(ipv4({ protocol: "01", rest: "0304 ffff 0007 0001" })).flow).toEqual({
      ...V4,
      protocol: 1,
      sourcePort: 0,
      service: 3 * 256 + 4,
    });
  });

  test("a first fragment has ports, a later one's bytes are not taken for ports", () => {
    expect(read(ipv4({ fragment: "2000", rest: PORTS })).flow).toMatchObject(WITH_PORTS);
    expect(read(ipv4({ fragment: "0001", rest: PORTS })).flow).toEqual({ ...V4, protocol: 6, ...WITHOUT });
  });

  test("other protocols have neither", () => {
    expect(read(ipv4({ protocol: "2f", rest: PORTS })).flow).toEqual({ ...V4, protocol: 47, ...WITHOUT });
  });

  test("a packet that was cut before its ports has none", () => {
    expect(read(ipv4({ rest: "a44f 15" })).flow).toEqual({ ...V4, protocol: 6, ...WITHOUT });
    expect(read(ipv4({ first: "4f", rest: PORTS })).flow).toMatchObject(WITHOUT);
  });

  test.each([
    ["nothing", "", 0],
    ["half a header", "45000054 00000000", 8],
    ["a header shorter than a header", ipv4({ first: "44", rest: PORTS }), 84],
    ["another version", ipv4({ first: "55", rest: PORTS }), 24],
  ])("%s is no flow", (_what, bytes, length) => {
    expect(read(bytes)).toEqual({ flow: undefined, bytes: length });
  });
});

describe("IPv6", () => {
  test("its length is its header's and what that says", () => {
    expect(read(ipv6("06", PORTS))).toEqual({ flow: { ...V6, protocol: 6, ...WITH_PORTS }, bytes: 104 });
  });

  test.each([
    ["hop by hop, destination options", "00", `3c00000000000000 0601000000000000 0000000000000000 ${PORTS}`],
    ["routing", "2b", `0601000000000000 0000000000000000 ${PORTS}`],
    ["authentication", "33", `0604000000000000 0000000000000000 0000000000000000 ${PORTS}`],
    ["a first fragment", "2c", `0600000100000001 ${PORTS}`],
  ])("headers before the transport's are passed over: %s", (_name, next, rest) => {
    expect(read(ipv6(next, rest)).flow).toEqual({ ...V6, protocol: 6, ...WITH_PORTS });
  });

  test("of a later fragment the protocol is known and no more", () => {
    const { flow } = read(ipv6("2c", `1100000900000001 ${PORTS}`));
    expect(flow).toEqual({ ...V6, protocol: 17, ...WITHOUT });
  });

  test("ICMPv6 has type and code, and an id where it is an echo", () => {
    expect(read(ipv6("3a", "8000 ffff 0007 0001")).flow).toEqual({
      ...V6,
      protocol: 58,
      sourcePort: 7,
      service: 128 * 256,
    });
    expect(read(ipv6("3a", "8700 ffff 0007 0001")).flow).toMatchObject({ sourcePort: 0, service: 135 * 256 });
  });

  test("no flow where the headers are cut before the transport is named", () => {
    expect(read(ipv6("00", "3c000000")).flow).toBeUndefined();
    expect(read(ipv6("00", "06ff000000000000")).flow, "named, but beyond the copy").toEqual({
      ...V6,
      protocol: 6,
      ...WITHOUT,
    });
  });
});

propertyTest.prop([fc.uint8Array({ maxLength: 160 }), fc.constantFrom(0x45, 0x4f, 0x60, undefined)], {
  numRuns: 5_000,
})("whatever was sent, nothing around it is read and nothing is thrown", (bytes, first) => {
  if (first !== undefined && bytes.length > 0) bytes[0] = first;
  const within = (surroundings: number) => {
    const memory = new Uint8Array(bytes.length + 128).fill(surroundings);
    memory.set(bytes, 64);
    const view = new DataView(memory.buffer);
    return readIpPacket(view, { start: 64, end: 64 + bytes.length }, new AddressTexts(view));
  };
  expect(within(0xff)).toEqual(within(0x00));
});
