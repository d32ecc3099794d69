/** A name server on 127.0.0.1 that answers what standard input told it last: `{"names": {NAME: [ADDRESS…]} or null, "ttl": SECONDS}`, a line each, acknowledged by a line. */

import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { createInterface } from "node:readline";
import { type Answer, decode, encode } from "dns-packet";

interface Knowledge {
  readonly names: Readonly<Record<string, readonly string[]>> | null;
  readonly ttl: number;
}

const known: { now: Knowledge } = { now: { names: {}, ttl: 1 } };
const REFUSED = 5;
const NO_SUCH_NAME = 3;

const socket = createSocket("udp4");
socket.on("message", (bytes, { port, address }) => {
  const { id, questions = [] } = decode(bytes);
  const [question] = questions;
  const { names, ttl } = known.now;
  const addresses = question === undefined ? undefined : names?.[question.name];
  const answers = (addresses ?? [])
    .filter((one) => (isIPv6(one) ? "AAAA" : "A") === question?.type)
    .map((data): Answer => ({ name: question?.name ?? "", type: isIPv6(data) ? "AAAA" : "A", ttl, data }));
  const code = names === null ? REFUSED : addresses === undefined ? NO_SUCH_NAME : 0;
  const packet = encode({ type: "response", id: id ?? 0, flags: 0x8180 | code, questions, answers });
  socket.send(packet, port, address);
});
socket.bind(53, "127.0.0.1", () => process.stdout.write("ready\n"));

createInterface({ input: process.stdin }).on("line", (line) => {
  known.now = JSON.parse(line);
  process.stdout.write("known\n");
});
