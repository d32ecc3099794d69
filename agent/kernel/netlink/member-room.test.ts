import { expect, test } from "vitest";
import { addresses, NO_CHANGES } from "../fixtures/rulesets.ts";
import { NetlinkMembers } from "./members.ts";
import { readMessages } from "./message-reader.ts";

/** A room over sockets that answer in turn as told: with what the kernel would say, or with none. */
function scripted(...answers: readonly ("done" | "silence" | "overrun")[]) {
  const left = [...answers];
  const sockets: { state: "open" | "closed" }[] = [];
  const room = new NetlinkMembers(() => {
    const socket: { state: "open" | "closed" } = { state: "open" };
    sockets.push(socket);
    let pending: Uint8Array | "overrun" | undefined;
    return {
      send: (batch) => {
        const answer = left.shift();
        pending = answer === "done" ? acknowledgement(batch) : answer === "overrun" ? answer : undefined;
      },
      receive: () => pending,
      close: () => {
        socket.state = "closed";
      },
    };
  });
  const add = () =>
    room.apply({
      ...NO_CHANGES,
      add: [{ set: "web_4", type: "ipv4_addr", elements: addresses("10.0.0.1") }],
    });
  return { room, add, sockets };
}

/** Yes, to the one message of a batch that asks for it. */
function acknowledgement(batch: Uint8Array): Uint8Array {
  const asking = readMessages(batch).filter(({ flags }) => (flags & 4) !== 0);
  expect(asking).toHaveLength(1);
  const answer = new DataView(new ArrayBuffer(36));
  answer.setUint32(0, 36, true);
  answer.setUint16(4, 2, true);
  answer.setUint32(8, asking[0]?.sequence ?? 0, true);
  return new Uint8Array(answer.buffer);
}

test("one socket serves change after change, and none is opened before the first", () => {
  const { add, room, sockets } = scripted("done", "done");
  expect(sockets).toEqual([]);
  add();
  add();
  expect(sockets).toEqual([{ state: "open" }]);
  room.close();
  expect(sockets).toEqual([{ state: "closed" }]);
});

test.each(["silence", "overrun"] as const)(
  "after %s nobody knows what was done, and late answers are not taken for the next change's",
  (trouble) => {
    const { add, sockets } = scripted("done", trouble, "done");
    add();
    expect(add).toThrow(expect.objectContaining({ code: "kernel/netlink-failed" }));
    expect(sockets).toEqual([{ state: "closed" }]);
    add();
    expect(sockets).toEqual([{ state: "closed" }, { state: "open" }]);
  },
);
