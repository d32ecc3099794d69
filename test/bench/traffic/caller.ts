/**
 * The calling end. Takes one order a line on standard input, `{"verb": "connect" | "ask" | "flows" | "strangers" | "packets", …}`, does it at full speed, and answers
 * `{"count", "seconds"}`: connections made (and asked on), packets of new flows sent (of strangers: each from another address), or packets of one flow sent.
 */

import { createInterface } from "node:readline";
import { askOnce, connectOnce, ending, PacketBatch } from "./libc.ts";

export interface Order {
  readonly verb: "connect" | "ask" | "flows" | "strangers" | "packets";
  readonly source: string;
  readonly destinations: readonly string[];
  readonly port: number;
  /** How many; the answer's count is at least that. */
  readonly count: number;
  /** Of `flows` and `strangers`: not more than so many a second; as many as it can without. */
  readonly perSecond?: number;
}

const FIRST_PORT = 1024;
const LAST_PORT = 65_535;
const BATCH = 1000;
/** At a pace, bursts are small enough for any reader's buffer. */
const PACED_BATCH = 100;
/** Where each destination's flows go on: a port that was just used would be no new flow. */
const nextPort = new Map<string, number>();

function connect({ verb, destinations, port, count }: Order): () => number {
  const once = verb === "ask" ? askOnce : connectOnce;
  const ends = destinations.map((destination) => ending(destination, port));
  return () => {
    let made = 0;
    while (made < count)
      for (const end of ends) {
        once(end);
        made += 1;
      }
    return made;
  };
}

function send({ verb, source, destinations, port, count, perSecond }: Order): () => number {
  const size = perSecond === undefined ? BATCH : PACED_BATCH;
  const batches = destinations.map((destination) => new PacketBatch(size, { source, destination, port }));
  const step = verb === "packets" ? 0 : 1;
  return () => {
    let sent = 0;
    const began = performance.now();
    while (sent < count)
      for (const batch of batches) {
        if (sent >= count) break;
        if (perSecond !== undefined) pauseUntil(began + (sent / perSecond) * 1000);
        if (verb === "strangers") batch.fromOthers(strangersFor(size));
        batch.send(step === 0 ? FIRST_PORT : portsFor(batch.destination, size), step);
        sent += batch.count;
      }
    for (const batch of batches) batch.close();
    return sent;
  };
}

/** How many strangers there were, in all orders. */
const strangers = { count: 0 };

function strangersFor(size: number): number {
  strangers.count += size;
  return strangers.count - size;
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps, off the processor, until this moment of `performance.now()`. */
function pauseUntil(moment: number): void {
  const rest = moment - performance.now();
  if (rest > 0) Atomics.wait(nobody, 0, 0, rest);
}

function portsFor(destination: string, size: number): number {
  const known = nextPort.get(destination) ?? FIRST_PORT;
  const first = known + size > LAST_PORT ? FIRST_PORT : known;
  nextPort.set(destination, first + size);
  return first;
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const order: Order = JSON.parse(line);
    const run = order.verb === "connect" || order.verb === "ask" ? connect(order) : send(order);
    const began = performance.now();
    const count = run();
    process.stdout.write(`${JSON.stringify({ count, seconds: (performance.now() - began) / 1000 })}\n`);
  })
  .on("close", () => process.exit(0));
