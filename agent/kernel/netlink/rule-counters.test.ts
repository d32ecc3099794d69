import { spawnSync } from "node:child_process";
import { beforeEach, expect, test } from "vitest";
import { bytesOf } from "../fixtures/event-bytes.ts";
import { describeInNamespace } from "../fixtures/own-namespace.ts";
import { realKernel } from "../real.ts";
import { readMessages } from "./message-reader.ts";
import { readRule } from "./rule-counters.ts";

describeInNamespace("counters of rules", import.meta.url, () => {
  const { counters, nft } = realKernel();

  beforeEach(async () => {
    spawnSync("ip", ["link", "set", "lo", "up"]);
    await nft.load(`
      add table inet bulkhead
      delete table inet bulkhead
      table inet bulkhead {
        set web_4 { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.2 }; }
        chain output {
          type filter hook output priority filter; policy accept;
          ip daddr @web_4 counter accept comment "orders shop.yaml:12"
          udp dport vmap { 7 : goto denied, 8 : goto denied }
          udp dport 9 counter
          accept comment "no counter"
        }
        chain denied {
          limit rate 2/second counter log prefix "x" comment "logged"
          counter packets 5 bytes 18446744073709 drop comment "default: no rule allows it"
        }
      }
    `);
  });

  test("are those that nft reads", async () => {
    spawnSync("bash", ["-c", "echo -n 12345 > /dev/udp/127.0.0.1/7"]);
    const all = counters.read();
    expect(all).toEqual((await nft.read())?.counters);
    expect(all).toContainEqual({ chain: "denied", comment: "logged", packets: 1, bytes: 33 });
    expect(all).toContainEqual({
      chain: "denied",
      comment: "default: no rule allows it",
      packets: 6,
      bytes: 18446744073709 + 33,
    });
  });

  test("can be read of some chains only", () => {
    expect(counters.read(["output"]).map(({ comment }) => comment)).toEqual(["orders shop.yaml:12"]);
    expect(counters.read(["denied", "output"]).map(({ chain }) => chain)).toEqual([
      "denied",
      "denied",
      "output",
    ]);
    expect(counters.read([])).toEqual([]);
  });

  test("of what is not there are none", async () => {
    expect(counters.read(["nosuch"])).toEqual([]);
    await nft.load("delete table inet bulkhead\n");
    expect([counters.read(), counters.read(["denied"])]).toEqual([[], []]);
  });

  test("other tables have none of ours", async () => {
    spawnSync("nft", ["add table ip bulkhead { chain c { counter comment theirs; }; }"]);
    expect(counters.read(["c"])).toEqual([]);
  });
});

/** A rule with a counter, one attribute a line, and this user data. */
function rule(userData: string): string {
  return `
    0600 0200 6300 0000
    3000 0480
      2c00 0180
        0c00 0100 636f756e74657200
        1c00 0280
          0c00 0100 0000000000000009
          0c00 0200 0000000000000001
    ${userData}
  `;
}

test.each([
  ["a comment", "0800 0700 00 02 7800", "x"],
  ["a comment without the zero that ends it", "0700 0700 00 01 78 00", "x"],
  ["a comment behind something else", "0b00 0700 05 01 ff 00 02 7900 00", "y"],
  ["something else only", "0700 0700 05 01 ff 00", undefined],
  ["a comment that is longer than its place", "0700 0700 00 09 78 00", undefined],
  ["half a header", "0500 0700 00 000000", undefined],
])("user data with %s", (_what, userData, comment) => {
  const body = bytesOf(`01000000 ${rule(userData)}`);
  const head = Buffer.alloc(16);
  head.writeUInt32LE(16 + body.length);
  const [message] = readMessages(Buffer.concat([head, body]));
  if (message === undefined) throw new Error("no message");
  expect(readRule(message)).toEqual(
    comment === undefined ? undefined : { chain: "c", comment, packets: 1, bytes: 9 },
  );
});
