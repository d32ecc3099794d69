/** The called end: `server.ts PORT` takes TCP connections and UDP datagrams there until it is killed. Prints `ready`. */

import { writeSync } from "node:fs";
import { acceptForever, silentSocket } from "./libc.ts";

const port = Number(process.argv[2]);
silentSocket(port);
acceptForever(port, () => writeSync(1, "ready\n"));
