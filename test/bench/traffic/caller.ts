/**
 * The calling end. Takes one order a line on standard input, `{"verb": "connect" | "flows" | "packets", …}`, does it at full speed, and answers
 * `{"count", "seconds"}`: connections made, packets of new flows sent, or packets of one flow sent.
 */

import { createInterface } from "node:readline";
import { connectOnce, ending, PacketBatch } from "./libc.ts";

export interface Order {
  readonly verb: "connect" | "flows" | "packets";
  readonly source: string;
  readonly destinations: readonly string[];
  readonly port: number;
  /** How many; the answer's count is at least that. */
  readonly count: number;
}

const FIRST_PORT = 1024;
const BATCH = 1000;

function connect({ destinations, port, count }: Order): () => number {
  const ends = destinations.map((destination) => ending(destination, port));
  return () => {
    let made = 0;
    while (made < count)
      for (const end of ends) {
        connectOnce(end);
        made += 1;
      }
    return made;
  };
}

function send({ verb, source, destinations, port, count }: Order): () => number {
  const batches = destinations.map((destination) => new PacketBatch(BATCH, { source, destination, port }));
  const step = verb === "flows" ? 1 : 0;
  return () => {
    let sent = 0;
    for (let first = FIRST_PORT; sent < count; first += BATCH * step)
      for (const batch of batches) {
        if (sent >= count) break;
        batch.send(first, step);
        sent += batch.count;
      }
    for (const batch of batches) batch.close();
    return sent;
  };
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const order: Order = JSON.parse(line);
    const run = order.verb === "connect" ? connect(order) : send(order);
    const began = performance.now();
    const count = run();
    process.stdout.write(`${JSON.stringify({ count, seconds: (performance.now() - began) / 1000 })}\n`);
  })
  .on("close", () => process.exit(0));
