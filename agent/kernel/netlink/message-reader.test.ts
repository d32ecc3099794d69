import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { ConnectionDecoder } from "./connection-events.ts";
import { readEntry } from "./conntrack-entry.ts";
import type { Decoder } from "./event-source.ts";
import { readInterfaceAddress } from "./interface-addresses.ts";
import { PacketDecoder } from "./logged-packets.ts";
import { type Message, readAcknowledgement, readDone, readMessages } from "./message-reader.ts";
import { readRule } from "./rule-counters.ts";
import { RulesetDecoder } from "./ruleset-events.ts";
import { readSocket } from "./socket-diagnosis.ts";

function bytesOf(...lines: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(lines.join("").replaceAll(" ", ""), "hex"));
}

function only(bytes: Uint8Array): Message {
  const [message, ...others] = readMessages(bytes);
  expect(others).toEqual([]);
  if (message === undefined) throw new Error("no message");
  return message;
}

test("a datagram holds several messages, each padded to four bytes", () => {
  const datagram = bytesOf(
    "11000000 0300 0200 05000000 00000000 2a 000000",
    "10000000 0200 0000 06000000 00000000",
  );
  expect(
    readMessages(datagram).map(({ type, flags, sequence, end, start }) => ({
      type,
      flags,
      sequence,
      length: end - start,
    })),
  ).toEqual([
    { type: 3, flags: 2, sequence: 5, length: 1 },
    { type: 2, flags: 0, sequence: 6, length: 0 },
  ]);
});

test.each([
  ["longer than the datagram", "18000000 0300 0200 05000000 00000000 00000000"],
  ["shorter than its header", "0f000000 0300 0200 05000000 00000000"],
  ["of no length", "00000000 0000 0000 00000000 00000000"],
  ["cut in its header", "10000000 0300"],
])("a message %s is an error", (_what, bytes) => {
  expect(() => readMessages(bytesOf(bytes))).toThrow(
    expect.objectContaining({ code: "kernel/netlink-malformed" }),
  );
});

test("an acknowledgement tells the request, the error number, the kernel's words and the place", () => {
  // Length, type, flags (capped, with attributes), sequence, port; then the parts of struct nlmsgerr and two attributes.
  const capped = bytesOf(
    "38000000 0200 0003 09000000 01000000",
    "efffffff",
    "40000000 0c0a 0106 09000000 00000000",
    "09000100 6e6f706500 000000",
    "08000200 34000000",
  );
  expect(readAcknowledgement(only(capped))).toEqual({ sequence: 9, errno: 17, words: "nope", offset: 0x34 });
});

test("an acknowledgement that carries the whole request is understood as well", () => {
  const whole = bytesOf(
    "3c000000 0200 0002 09000000 01000000",
    "feffffff",
    "20000000 0c0a 0106 09000000 00000000",
    "01000000 0d000100 62756c6b 00000000",
    "08000200 14000000",
  );
  expect(readAcknowledgement(only(whole))).toEqual({ sequence: 9, errno: 2, offset: 0x14 });
});

test("a bare acknowledgement is enough", () => {
  const bare = bytesOf(
    "24000000 0200 0000 02000000 00000000",
    "00000000",
    "14000000 0c0a 0506 02000000 00000000",
  );
  expect(readAcknowledgement(only(bare))).toEqual({ sequence: 2, errno: 0 });
});

test("the end of a dump says how it went", () => {
  expect(readDone(only(bytesOf("14000000 0300 0200 01000000 00000000 fcffffff")))).toBe(4);
  expect(readDone(only(bytesOf("14000000 0300 0200 01000000 00000000 00000000")))).toBe(0);
  expect(readDone(only(bytesOf("10000000 0300 0200 01000000 00000000")))).toBe(0);
});

const DECODERS: readonly (readonly [string, (message: Message) => unknown])[] = [
  ["a conntrack entry", readEntry],
  ["a socket", (message) => readSocket(message, 6)],
  ["an interface's address", readInterfaceAddress],
  ["an acknowledgement", readAcknowledgement],
  ["the end of a dump", readDone],
  ["a rule", readRule],
  ["a connection that begins", told((view) => new ConnectionDecoder(view), 0x100)],
  ["a connection that ends", told((view) => new ConnectionDecoder(view), 0x102)],
  ["a logged packet", told((view) => new PacketDecoder(view), 0x400)],
  ["a new rule", told((view) => new RulesetDecoder(view), 0xa06)],
  ["a commit", told((view) => new RulesetDecoder(view), 0xa0f)],
];

/** The events that a fresh decoder makes of a message of this type. */
function told(decoderOf: (view: DataView) => Decoder<unknown>, type: number) {
  return ({ view, start, end }: Message) => {
    const events: unknown[] = [];
    decoderOf(view).decode({ view, type, start, end }, (event) => events.push(event));
    return events;
  };
}

/** Bytes that look like attributes often enough to get deep into a decoder. */
const attributes = fc.letrec<{ list: number[]; attribute: number[] }>((tie) => ({
  list: fc.array(tie("attribute"), { maxLength: 4 }).map((parts) => parts.flat()),
  attribute: fc
    .tuple(
      fc.nat(30),
      fc.boolean(),
      fc.integer({ min: -2, max: 2 }),
      fc.oneof({ depthSize: "small" }, fc.array(fc.nat(255), { maxLength: 20 }), tie("list")),
    )
    .map(([type, isExact, off, payload]) => {
      const length = Math.max(0, 4 + payload.length + (isExact ? 0 : off));
      const padded = [...payload, ...new Array<number>(-payload.length & 3).fill(0)];
      return [length & 255, length >> 8, type, 0, ...padded];
    }),
})).list;

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 160 }),
  fc
    .tuple(fc.constantFrom(0, 4, 8, 20, 72), attributes)
    .map(([header, list]) =>
      Uint8Array.from([2, ...new Array<number>(Math.max(0, header - 1)).fill(1), ...list]),
    ),
);

for (const [what, decode] of DECODERS)
  propertyTest.prop([payload, fc.nat(0xffff), fc.constantFrom(0x00, 0xff)], { numRuns: 1_500 })(
    `${what}: random bytes fail in our own words only, and nothing around them is read`,
    (bytes, flags, surroundings) => {
      const memory = new Uint8Array(bytes.length + 64).fill(surroundings);
      memory.set(bytes, 32);
      const at = (buffer: ArrayBufferLike): Message => ({
        type: 2,
        flags,
        sequence: 1,
        view: new DataView(buffer),
        start: 32,
        end: 32 + bytes.length,
      });
      const outcome = outcomeOf(() => decode(at(memory.buffer)));
      const others = new Uint8Array(memory);
      others.fill(~surroundings & 0xff, 0, 32);
      others.fill(~surroundings & 0xff, 32 + bytes.length);
      expect(outcomeOf(() => decode(at(others.buffer)))).toEqual(outcome);
    },
  );

propertyTest.prop([fc.uint8Array({ maxLength: 300 })], { numRuns: 3_000 })(
  "random datagrams come apart or fail in our own words",
  (bytes) => {
    outcomeOf(() => readMessages(bytes));
  },
);

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(BulkheadError);
    return String(error);
  }
}
