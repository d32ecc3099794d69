/** A TCP stream, where iperf3 is not there: `stream.ts take PORT`, and `stream.ts give ADDRESS PORT SECONDS`, which prints the bits per second that were taken. */

import { createConnection, createServer } from "node:net";

const CHUNK = Buffer.alloc(256 * 1024);
const [role, ...rest] = process.argv.slice(2);

function take(port: number): void {
  createServer((socket) => {
    let bytes = 0;
    socket.on("data", (chunk) => {
      bytes += chunk.length;
    });
    socket.on("end", () => socket.end(String(bytes)));
    socket.on("error", () => {});
  }).listen(port, "0.0.0.0");
}

function give(host: string, port: number, seconds: number): void {
  const socket = createConnection({ host, port, allowHalfOpen: true });
  const began = performance.now();
  const write = () => {
    if (performance.now() - began > seconds * 1000) socket.end();
    else socket.write(CHUNK, write);
  };
  socket.on("connect", write);
  socket.on("data", (taken) => console.log((Number(taken) * 8 * 1000) / (performance.now() - began)));
}

if (role === "take") take(Number(rest[0]));
else give(rest[0] ?? "", Number(rest[1]), Number(rest[2]));
