/**
 * Sends UDP datagrams as fast as the kernel takes them, until standard input ends: `flood.ts SOURCE DESTINATION PORT`. The source port changes
 * with every batch, so that each batch is a new flow. Prints how many were sent, now and then, and at the end.
 */

import { floodSocket } from "./libc.ts";

const [source = "", destination = "", port = ""] = process.argv.slice(2);
const BATCHES_PER_TURN = 50;
const SOCKETS = 64;

const sockets = Array.from({ length: SOCKETS }, () => floodSocket(source, destination, Number(port)));
let sent = 0;
let turns = 0;

// Everything in one turn is synchronous; between turns the event loop looks whether standard input has ended.
function turn(): void {
  for (let batch = 0; batch < BATCHES_PER_TURN; batch++) sent += sockets[batch % SOCKETS]?.() ?? 0;
  if (turns++ % 20 === 0) process.stdout.write(`${sent}\n`);
  setImmediate(turn);
}

process.on("SIGINT", () => {});
process.stdin.on("end", () => process.stdout.write(`${sent}\n`, () => process.exit(0))).resume();
turn();
