import { expect, test } from "vitest";
import { bytesOf, decodeAll } from "../fixtures/event-bytes.ts";
import { ConnectionDecoder } from "./connection-events.ts";

/** Taken from a kernel's events; one attribute a line, nested ones indented. */
const TUPLES = `
  4c00 0180
    2c00 0180
      1400 0300 fd000000000000000000000000000001
      1400 0400 fd000000000000000000000000000002
    1c00 0280
      0500 0100 11000000
      0600 0200 a44f0000
      0600 0300 00090000
  4c00 0280
    2c00 0180
      1400 0300 fd000000000000000000000000000003
      1400 0400 fd000000000000000000000000000001
    1c00 0280
      0500 0100 11000000
      0600 0200 00090000
      0600 0300 a44f0000
  0800 0c00 4d8d91c6
`;
const BEGINNING = bytesOf(`
  cc000000 0001 0006 00000000 00000000 0a000000
  ${TUPLES}
  0800 0300 00000008
  0800 0700 0000001e
  0800 0800 05000000
`);
const END = bytesOf(`
  04010000 0201 0000 00000000 fc5d0000 0a000000
  ${TUPLES}
  0800 0300 0000020a
  0800 0700 0000001d
  1c00 0980
    0c00 0100 0000000000000001
    0c00 0200 000000000000003a
  1c00 0a80
    0c00 0100 0000000000000002
    0c00 0200 0000000200000004
  0800 0800 05000000
`);
const FLOW = { source: "fd00::1", destination: "fd00::2", protocol: 17, sourcePort: 0xa44f, service: 9 };

const decode = (...datagrams: readonly Uint8Array[]) =>
  decodeAll((view) => new ConnectionDecoder(view), ...datagrams);

test("both directions are added up at the end, and nothing is left over for the next", () => {
  const common = { flow: FLOW, replySource: "fd00::3", replyDestination: "fd00::1", mark: 0x05000000 };
  const beginning = { ...common, kind: "new", replied: false, pickedUp: false, packets: 0, bytes: 0 };
  expect(decode(END, BEGINNING)).toEqual([
    { ...common, kind: "end", replied: true, pickedUp: false, packets: 3, bytes: 0x3a + 2 * 2 ** 32 + 4 },
    beginning,
  ]);
});

test("an ICMP connection has its id and type", () => {
  const tuple = (type: string) => `
    3c00 ${type}
      1400 0180
        0800 0100 0a000001
        0800 0200 0a000002
      2400 0280
        0500 0100 01000000
        0600 0400 00070000
        0500 0500 08000000
        0500 0600 00000000
  `;
  const [event] = decode(
    bytesOf(`8c000000 0001 0006 00000000 00000000 02000000 ${tuple("0180")} ${tuple("0280")}`),
  );
  expect(event?.flow).toEqual({
    source: "10.0.0.1",
    destination: "10.0.0.2",
    protocol: 1,
    sourcePort: 7,
    service: 8 * 256,
  });
});

test("what is neither a beginning nor an end is nothing", () => {
  expect(decode(bytesOf("14000000 0a01 0000 00000000 00000000 02000000"))).toEqual([]);
});

test.each([
  ["without its addresses", "14000000 0001 0000 00000000 00000000 02000000"],
  ["cut in an attribute", "1c000000 0001 0000 00000000 00000000 02000000 4c000180 2c000180"],
  ["that ends before its attributes begin", "10000000 0001 0000 00000000 00000000"],
])("a connection %s is an error", (_what, bytes) => {
  expect(() => decode(bytesOf(bytes))).toThrow(expect.objectContaining({ code: "kernel/netlink-malformed" }));
});

test("a decoder that met an error reads on", () => {
  const bytes = Buffer.concat([bytesOf("14000000 0001 0000 00000000 00000000 02000000"), BEGINNING]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new ConnectionDecoder(view);
  const events: unknown[] = [];
  const message = { view, type: 0x100, start: 16, end: 20 };
  expect(() => decoder.decode(message, (event) => events.push(event))).toThrow("without its addresses");
  decoder.decode({ ...message, start: 36, end: bytes.length }, (event) => events.push(event));
  expect(events).toEqual([expect.objectContaining({ flow: FLOW })]);
});
