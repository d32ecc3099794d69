/** Ways to receivers that others' tests do not go: OTLP to a collector that takes a part, datagrams, a certificate of our own. */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import { httpsReceiver } from "../fixtures/https-receiver.ts";
import { alertItem, EVENT, flowItem, NOW, ORIGIN } from "../fixtures/samples.ts";
import { Turns } from "../turns.ts";
import { senderFor } from "./senders.ts";

const PARTS = { origin: ORIGIN, commands: new Map(), turns: new Turns(1), now: () => NOW };
const never = new AbortController().signal;

test.each([
  ["", 0],
  ["{}", 0],
  ['{"partialSuccess":{}}', 0],
  ['{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}', 2],
  ['{"partialSuccess":{"rejectedLogRecords":99}}', 3],
  ["<html>", 0],
])("a collector that answers %j has refused %i of three", async (body, refused) => {
  await using collector = await httpsReceiver("http");
  collector.answer = () => ({ status: 200, body });
  const sender = senderFor({ kind: "otlp", url: collector.url }, {}, PARTS);
  expect(await sender.send([flowItem(), alertItem(), EVENT], never)).toEqual({ refused });
  expect(collector.received[0]?.headers).toMatchObject({ "content-type": "application/json" });
});

test("a message is a datagram over UDP", async () => {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const got = once(socket, "message");
  const target = {
    kind: "syslog",
    transport: "udp",
    host: "127.0.0.1",
    port: socket.address().port,
  } as const;
  await senderFor({ ...target, format: "structured" }, {}, PARTS).send([alertItem()], never);
  const [message] = await got;
  expect(String(message)).toMatch(
    /^<106>1 2026-11-23T19:40:12\.345Z bulkhead\.example bulkhead - alert \[alert@32473 /,
  );
  socket.close();
  await once(socket, "close");
});

test("a receiver that asks to be left alone is, but not for longer than ten minutes", async () => {
  await using hook = await httpsReceiver();
  const sender = senderFor({ kind: "webhook", url: hook.url, ca: hook.ca, format: "ocsf" }, {}, PARTS);
  for (const [asked, given] of [
    ["30", 30_000],
    ["999999", 600_000],
    ["soon", 0],
  ] as const) {
    hook.answer = () => ({ status: 429, headers: { "retry-after": asked } });
    await expect(sender.send([EVENT], never)).rejects.toMatchObject({ retryAfter: given, isRefusal: false });
  }
});
