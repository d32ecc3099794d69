/** Inside the server's host: whoever connects to the unix socket speaks with the server. `relay.ts SOCKET PORT`. */

import { connect, createServer } from "node:net";

const [path = "", port = ""] = process.argv.slice(2);
createServer((asker) => {
  const server = connect({ host: "127.0.0.1", port: Number(port) });
  // Whichever end goes, the other goes too.
  for (const [one, other] of [
    [asker, server],
    [server, asker],
  ] as const)
    one.on("error", () => other.destroy()).on("close", () => other.destroy());
  asker.pipe(server).pipe(asker);
}).listen(path, () => console.log("ready"));
