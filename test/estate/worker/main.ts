/**
 * The one long-lived process inside a host: speaks JSON lines on its standard input and output and ends when its input does, so that it
 * (and with it the host's namespaces, which nothing else holds) cannot outlive whoever started it.
 */

import { createInterface } from "node:readline";
import { forgetFlows } from "./libc.ts";
import { Listeners } from "./listeners.ts";
import { probeAll } from "./probes.ts";
import type { Executors, Question, Reply } from "./requests.ts";
import { Sessions } from "./sessions.ts";
import { transmitAll } from "./transmit.ts";

const listeners = new Listeners();
const sessions = new Sessions();

const executors: Executors = {
  listen: (ask) => listeners.open(ask),
  heard: ({ id }) => listeners.get(id).heard(),
  heardMore: ({ id, by, timeout, caller }) => listeners.get(id).count(caller).grows(by, timeout),
  unlisten: ({ id }) => listeners.close(id),
  probe: ({ probes }) => probeAll(probes),
  open: (ask) => sessions.open(ask),
  traffic: ({ id }) => sessions.get(id).traffic(),
  receivedMore: ({ id, by, timeout }) => sessions.get(id).tally.received.grows(by, timeout),
  pause: ({ id }) => sessions.get(id).pause(),
  close: ({ id }) => sessions.close(id),
  transmit: ({ packets }) => transmitAll(packets),
  forgetFlows: () => {
    forgetFlows();
    return null;
  },
  fence,
};

/** A turn of the event loop reads a few datagrams of each socket: turns until one after another brings nothing new. */
async function fence(): Promise<null> {
  let quietTurns = 0;
  for (let before = -1; quietTurns < 3; ) {
    const now = listeners.received() + sessions.received();
    quietTurns = now === before ? quietTurns + 1 : 0;
    before = now;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return null;
}

async function reply(question: Question): Promise<Reply> {
  const execute = executors[question.verb] as (ask: unknown) => unknown;
  try {
    return { number: question.number, answer: await execute(question.ask) };
  } catch (error) {
    return { number: question.number, failed: error instanceof Error ? error.message : String(error) };
  }
}

// Ctrl-C reaches every process of the terminal; who started the worker decides when it ends.
process.on("SIGINT", () => {});
process.stdout.on("error", () => process.exit(0));
createInterface({ input: process.stdin })
  .on("line", async (line) => process.stdout.write(`${JSON.stringify(await reply(JSON.parse(line)))}\n`))
  .on("close", () => process.exit(0));
process.stdout.write("ready\n");
