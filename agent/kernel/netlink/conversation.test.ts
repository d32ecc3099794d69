import { expect, test } from "vitest";
import { dump, request } from "./conversation.ts";
import type { Message } from "./message-reader.ts";
import type { NetlinkTransport } from "./transport.ts";

type Answer = Uint8Array | "overrun" | undefined;

/** A transport that gives these answers, one a call, and then none. */
function scripted(...answers: readonly Answer[]): NetlinkTransport & { sent: number } {
  const left = [...answers];
  return {
    sent: 0,
    send() {
      this.sent++;
    },
    receive: () => left.shift(),
  };
}

interface Head {
  readonly type: number;
  readonly sequence?: number;
  readonly flags?: number;
}

function message({ type, sequence = 1, flags = 0 }: Head, payload: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(16 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  bytes.set(payload, 16);
  return bytes;
}

function int32(value: number): readonly number[] {
  return [...new Uint8Array(Int32Array.of(value).buffer)];
}

function acknowledgement(sequence: number, errno: number): Uint8Array {
  return message({ type: 2, sequence }, [...int32(-errno), ...new Array<number>(16).fill(0)]);
}

const DONE = message({ type: 3 }, int32(0));
const ITEM = message({ type: 256 });
const NOTHING = new Uint8Array(0);

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test("a request that is acknowledged has no refusals", () => {
  expect(request(scripted(acknowledgement(5, 0)), NOTHING, { last: 5 })).toEqual([]);
});

test("every refusal is read, not only the first", () => {
  const transport = scripted(acknowledgement(2, 17), acknowledgement(3, 2), acknowledgement(5, 0));
  expect(request(transport, NOTHING, { last: 5 })).toMatchObject([
    { sequence: 2, errno: 17 },
    { sequence: 3, errno: 2 },
  ]);
});

test("where the whole is refused, the refusal is the only answer", () => {
  expect(request(scripted(acknowledgement(1, 1)), NOTHING, { last: 5 })).toMatchObject([{ errno: 1 }]);
});

test("answers that were lost are not taken for a yes", () => {
  const failed = expect.objectContaining({ code: "kernel/netlink-failed" });
  expect(() => request(scripted("overrun", acknowledgement(5, 0)), NOTHING, { last: 5 })).toThrow(failed);
  expect(() => request(scripted(), NOTHING, { last: 5 })).toThrow(failed);
});

test("an answer that is no acknowledgement is handed on", () => {
  const seen: Message[] = [];
  const transport = scripted(ITEM, message({ type: 256, sequence: 99 }), acknowledgement(1, 0));
  request(transport, NOTHING, { last: 1, answer: (one) => seen.push(one) });
  expect(seen).toHaveLength(1);
});

function dumped(...answers: readonly Answer[]) {
  const transport = scripted(...answers);
  let items = 0;
  const visit = () => {
    items++;
  };
  const restart = () => {
    items = 0;
  };
  const { lost } = dump(transport, { messages: NOTHING, sequence: 1 }, { visit, restart });
  return { items, lost, sent: transport.sent };
}

test("a dump ends with its end, whatever else comes in between", () => {
  const strange = message({ type: 256, sequence: 7 });
  expect(dumped(joined(ITEM, ITEM, strange), joined(ITEM, DONE))).toEqual({ items: 3, lost: 0, sent: 1 });
});

test("what the kernel dropped is counted, and the rest is still read", () => {
  expect(dumped(ITEM, "overrun", ITEM, "overrun", joined(ITEM, DONE))).toEqual({
    items: 3,
    lost: 2,
    sent: 1,
  });
});

test.each([
  ["by the flag", joined(message({ type: 256, flags: 0x12 }), DONE)],
  ["by EINTR at its end", joined(ITEM, message({ type: 3 }, int32(-4)))],
  ["by EINTR in its place", acknowledgement(1, 4)],
])("a dump that a change interrupted (told %s) begins anew and forgets what came", (_how, interrupted) => {
  expect(dumped(interrupted, joined(ITEM, DONE))).toEqual({ items: 1, lost: 0, sent: 2 });
});

test("a dump that is interrupted again and again is taken as it is, and as a loss", () => {
  const interrupted = joined(message({ type: 256, flags: 0x12 }), DONE);
  expect(dumped(interrupted, interrupted, interrupted, interrupted)).toEqual({ items: 1, lost: 1, sent: 4 });
});

test.each([
  ["refused", acknowledgement(1, 22), "kernel/netlink-refused"],
  ["not permitted", acknowledgement(1, 1), "kernel/no-permission"],
  ["ended by an error", message({ type: 3 }, int32(-12)), "kernel/netlink-refused"],
  ["never ended", undefined, "kernel/netlink-failed"],
] as const)("a dump that is %s is an error", (_what, answer, code) => {
  expect(() => dumped(ITEM, answer)).toThrow(expect.objectContaining({ code }));
});

test("a kernel that only drops is given up", () => {
  const transport: NetlinkTransport = { send: () => {}, receive: () => "overrun" };
  const nothing = () => {};
  expect(() =>
    dump(transport, { messages: NOTHING, sequence: 1 }, { visit: nothing, restart: nothing }),
  ).toThrow(expect.objectContaining({ code: "kernel/netlink-failed" }));
});
