import { expect, test } from "vitest";
import { bytesOf, decodeAll } from "../fixtures/event-bytes.ts";
import { PacketDecoder } from "./logged-packets.ts";

/** Taken from a kernel's message; `hook` and `sequence` vary. */
function logged({
  hook = "03",
  sequence = "00000000",
}: {
  hook?: string;
  sequence?: string;
} = {}): Uint8Array {
  return bytesOf(`
    74000000 0004 0000 00000000 00000000 02000005
    0800 0100 0800 ${hook} 00
    0a00 0a00 623120653700 0000
    0800 0500 00000001
    0800 0b00 000003e8
    0800 0e00 00000000
    0800 0c00 ${sequence}
    2a00 0900 450000267ac040004011c2047f0000017f000001cad1000a0012fe2530313233343536373839 0000
  `);
}
const FLOW = { source: "127.0.0.1", destination: "127.0.0.1", protocol: 17, sourcePort: 0xcad1, service: 10 };

const decode = (...datagrams: readonly Uint8Array[]) =>
  decodeAll((view) => new PacketDecoder(view), ...datagrams);

test("a packet has its prefix, flow, length, account and hook", () => {
  expect(decode(logged())).toEqual([{ prefix: "b1 e7", flow: FLOW, bytes: 38, uid: 1000, hook: "output" }]);
});

test("only on output is the account the sender's", () => {
  expect(decode(logged({ hook: "01" }), logged({ hook: "04" }))).toEqual([
    expect.objectContaining({ hook: "input", uid: undefined }),
    expect.objectContaining({ hook: "other", uid: undefined }),
  ]);
});

test("a packet of which nothing was copied has no flow", () => {
  const [packet] = decode(bytesOf("1c000000 0004 0000 00000000 00000000 02000005 0600 0a00 7800 0000"));
  expect(packet).toEqual({ prefix: "x", flow: undefined, bytes: 0, uid: undefined, hook: "other" });
});

test("other messages of NFLOG are nothing", () => {
  expect(decode(bytesOf("14000000 0104 0000 00000000 00000000 02000005"))).toEqual([]);
});

test("packets that are missing are counted by their numbers, once", () => {
  const datagrams = ["00000007", "00000008", "0000000b", "0000000c"].map((sequence) => logged({ sequence }));
  const { decoder, read } = reading(datagrams);
  read(0, 2);
  expect(decoder.missed(), "what came before us is not missing").toBe(0);
  read(2, 4);
  expect([decoder.missed(), decoder.missed()]).toEqual([2, 0]);
});

test("numbers that begin anew after the last one leave no gap", () => {
  const { decoder, read } = reading(["ffffffff", "00000000"].map((sequence) => logged({ sequence })));
  read(0, 2);
  expect(decoder.missed()).toBe(0);
});

test("a loss that was told of before its size is known is not counted twice", () => {
  const datagrams = ["00000000", "00000064", "00000066"].map((sequence) => logged({ sequence }));
  const { decoder, read } = reading(datagrams);
  read(0, 1);
  expect(decoder.dropped(2), "datagrams, of many packets each").toBe(2);
  read(1, 2);
  expect(decoder.missed(), "99 in all").toBe(97);
  read(2, 3);
  expect(decoder.missed()).toBe(1);
});

/** One decoder for some datagrams, read from one to another. */
function reading(datagrams: readonly Uint8Array[]) {
  const bytes = Buffer.concat(datagrams);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new PacketDecoder(view);
  const length = datagrams[0]?.length ?? 0;
  const read = (from: number, to: number) => {
    for (let i = from; i < to; i++)
      decoder.decode({ view, type: 0x400, start: i * length + 16, end: (i + 1) * length }, () => {});
  };
  return { decoder, read };
}
