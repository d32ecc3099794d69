import { spawnSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import { describeInNamespace } from "../fixtures/own-namespace.ts";
import { realKernel } from "../real.ts";
import { readInterfaceAddress } from "./interface-addresses.ts";
import { type Message, readMessages } from "./message-reader.ts";

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  expect(status, stderr).toBe(0);
}

function only(...lines: readonly string[]): Message {
  const [message] = readMessages(Uint8Array.from(Buffer.from(lines.join("").replaceAll(" ", ""), "hex")));
  if (message === undefined) throw new Error("no message");
  return message;
}

test("on a point-to-point link the address is the near end's", () => {
  const message = only(
    "28000000 1400 0200 01000000 00000000",
    "02208000 02000000",
    "0800 0100 0a080002",
    "0800 0200 0a080001",
  );
  expect(readInterfaceAddress(message)).toBe("10.8.0.1");
});

test("an address of another family is none of ours", () => {
  expect(
    readInterfaceAddress(
      only("20000000 1400 0200 01000000 00000000", "1c208000 02000000", "0800 0100 0a080002"),
    ),
  ).toBeUndefined();
});

describeInNamespace("addresses in the kernel", import.meta.url, () => {
  const { host } = realKernel();

  beforeAll(() => {
    ip("link", "add", "veth-a", "type", "veth", "peer", "name", "veth-b");
    ip("link", "set", "lo", "up");
  });

  test("a namespace with loopback alone has none", () => {
    expect(host.addresses()).toEqual([]);
  });

  test("addresses of every kind and on every interface are found, down ones included, each once", () => {
    ip("address", "add", "10.9.0.1/24", "dev", "veth-a");
    ip("address", "add", "10.9.0.9/24", "dev", "veth-a");
    ip("address", "add", "10.8.0.1", "peer", "10.8.0.2/32", "dev", "veth-b");
    ip("address", "add", "192.0.2.77/32", "dev", "lo");
    ip("address", "add", "2001:db8:0::A/64", "dev", "veth-a", "nodad");
    ip("address", "add", "10.9.0.1/24", "dev", "veth-b");
    expect([...host.addresses()].sort()).toEqual([
      "10.8.0.1",
      "10.9.0.1",
      "10.9.0.9",
      "192.0.2.77",
      "2001:db8::a",
    ]);
  });
});
