/**
 * Just enough of FTP (RFC 959) for conntrack's helper: `passive-ftp.ts serve ADDRESS` answers PASV with a port and listens there;
 * `passive-ftp.ts fetch ADDRESS` asks for it and prints whether it can be called.
 */

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const [task, address = ""] = process.argv.slice(2);
const CONTROL_PORT = 21;
const DATA_PORT = 50_000;
const TIMEOUT = 1_000;

async function serve(): Promise<void> {
  const place = `${address.replaceAll(".", ",")},${DATA_PORT >> 8},${DATA_PORT & 0xff}`;
  const data = createServer((socket) => socket.on("error", () => {}).end("data"));
  const control = createServer((socket) => {
    socket.write("220 ready\r\n");
    socket.on("error", () => {});
    createInterface({ input: socket }).on("line", (line) =>
      socket.write(line === "PASV" ? `227 Entering Passive Mode (${place})\r\n` : "200 ok\r\n"),
    );
  });
  for (const [server, port] of [
    [data, DATA_PORT],
    [control, CONTROL_PORT],
  ] as const) {
    server.listen(port, address);
    await once(server, "listening");
  }
  process.stdout.write("serving\n");
}

async function fetch(): Promise<void> {
  const control = connect(CONTROL_PORT, address);
  const lines = createInterface({ input: control });
  await once(lines, "line");
  control.write("PASV\r\n");
  await once(lines, "line");
  const data = connect({ host: address, port: DATA_PORT });
  const outcome = await Promise.race([
    once(data, "connect").then(() => "connected"),
    once(data, "error").then(([error]) => String(error.code)),
    new Promise((resolve) => setTimeout(() => resolve("timeout"), TIMEOUT)),
  ]);
  process.stdout.write(`${outcome}\n`, () => process.exit(0));
}

await (task === "serve" ? serve() : fetch());
