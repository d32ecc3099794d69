/**
 * Inside a host: `bare-server.ts AUTHORITY ADDRESS PORT FILE`, the floor of the central server: TLS 1.3 with client certificates and WebSockets, and nothing behind them. FILE has the messages that each who
 * says hello is told, and last the one that all are told for each line on standard input.
 */

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { createInterface } from "node:readline";
import { openAuthority } from "@bulkhead/server/authority/authority.ts";
import { tlsServerOptions } from "@bulkhead/server/authority/tls-options.ts";
import { WebSocketServer } from "ws";

const [directory = "", address = "", port = "", file = ""] = process.argv.slice(2);
const [broadcast = "", ...greetings] = (JSON.parse(readFileSync(file, "utf8")) as string[]).toReversed();
const authority = await openAuthority({ directory, now: Date.now() });
const certificate = await authority.serverCertificate({ names: [address], now: Date.now() });
const server = createServer(
  tlsServerOptions({ ...certificate, roots: authority.roots, clients: "required" }),
);
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.once("message", () => {
    for (const greeting of greetings.toReversed()) socket.send(greeting);
  });
});
server.listen({ host: address, port: Number(port), backlog: 4_096 }, () => console.log("ready"));
for await (const _ of createInterface({ input: process.stdin }))
  for (const socket of sockets.clients) socket.send(broadcast);
