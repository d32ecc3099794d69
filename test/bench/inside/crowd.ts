/**
 * Inside a host: `crowd.ts COUNT`, many agents in one process, of which each has an identity and a connection of its own, and none a kernel. Reads commands as JSON lines and answers each with one line;
 * moments are milliseconds of the machine's monotonic clock.
 *
 *     { "do": "join", "url", "token" }      each gets its certificate                        { "identities" }
 *     { "do": "connect", "url" }            all at once; ready is who has been told its policy { "began", "ready": [moment, …], "told": [text, …] }, what the first was told
 *     { "do": "listen" }                    from now on changes of members count             {}
 *     { "do": "heard" }                     when all have heard one since                    { "heard": [moment, …], "frame": text }
 *     { "do": "drop" }                      cuts every connection                            {}
 */

import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import type { Identity } from "../../../agent/link/identity.ts";
import { join } from "../../../agent/link/join.ts";
import { addressNumber } from "../estates.ts";
import { machineNow } from "../machine-clock.ts";

const COUNT = Number(process.argv[2]);
const JOINING_AT_ONCE = 8;
const identities: Identity[] = [];
const sockets: WebSocket[] = [];
let heard: number[] = [];
let frame = "";
let told: string[] = [];
let everybodyHeard = Promise.withResolvers<void>();

/** What a host without troubles reports. */
const STATE = {
  version: 1,
  digest: "0".repeat(32),
  kernel: "holds",
  enforcement: "enforcing",
  why: null,
  modes: { ingress: "enforce", egress: "enforce" },
  since: null,
  cuts: 0,
  tamperings: 0,
  lastTampering: null,
  notes: [],
  watching: true,
  spool: { unsent: 0, lost: 0 },
};

type Command =
  | { readonly do: "join"; readonly url: string; readonly token: string }
  | { readonly do: "connect"; readonly url: string }
  | { readonly do: "listen" | "heard" | "drop" };

async function obey(command: Command): Promise<object> {
  switch (command.do) {
    case "join":
      return joinAll(command);
    case "connect":
      return connectAll(command.url);
    case "listen":
      heard = [];
      everybodyHeard = Promise.withResolvers<void>();
      return {};
    case "heard":
      await everybodyHeard.promise;
      return { heard, frame };
    case "drop":
      return dropAll();
  }
}

async function joinAll({ url, token }: { readonly url: string; readonly token: string }): Promise<object> {
  const numbers = Array.from({ length: COUNT }, (_, n) => n).values();
  const worker = async () => {
    for (const n of numbers) {
      const { identity } = await join({ url, token, name: `crowd-${n}`, addresses: [addressNumber(n)] });
      identities[n] = identity;
    }
  };
  await Promise.all(Array.from({ length: JOINING_AT_ONCE }, worker));
  return { identities: identities.length };
}

async function connectAll(url: string): Promise<object> {
  told = [];
  const began = machineNow();
  const ready = await Promise.all(identities.map((identity, n) => connect(url, identity, n)));
  return { began, ready, told };
}

/** Resolves with the moment at which it was told its policy. */
function connect(url: string, { key, certificate, roots }: Identity, n: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = new WebSocket(`${url.replace("https", "wss")}/v1/agent`, {
    key,
    cert: certificate,
    ca: [...roots],
    minVersion: "TLSv1.3",
    perMessageDeflate: false,
    handshakeTimeout: 120_000,
  });
  sockets.push(socket);
  let isReady = false;
  const say = (message: object) => socket.send(JSON.stringify(message));
  const hello = {
    type: "hello",
    protocol: 1,
    agent: "crowd",
    addresses: [addressNumber(n)],
    version: 0,
    revision: 0,
    digest: null,
    groups: {},
  };
  socket.on("open", () => say(hello));
  socket.on("error", reject);
  socket.on("message", (data) => {
    const text = data.toString();
    if (n === 0 && !isReady) told.push(text);
    if (text.startsWith('{"type":"policy"')) {
      isReady = true;
      resolve(machineNow());
    }
    if (!text.startsWith('{"type":"members","hold":false')) return;
    heard.push(machineNow());
    frame = text;
    say({ type: "state", state: STATE });
    if (heard.length === COUNT) everybodyHeard.resolve();
  });
  return promise;
}

async function dropAll(): Promise<object> {
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  for (const socket of sockets) socket.terminate();
  await Promise.all(closed);
  sockets.length = 0;
  return {};
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await obey(JSON.parse(line))));
