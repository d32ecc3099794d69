/**
 * The called end: `server.ts PORT close|answer` takes TCP connections there and closes or answers each, and UDP datagrams, which it does not read, until it
 * is killed. Prints `ready`.
 */

import { writeSync } from "node:fs";
import { acceptForever, answer, close, silentSocket } from "./libc.ts";

const [port = "", manner] = process.argv.slice(2);
silentSocket(Number(port));
acceptForever(Number(port), manner === "answer" ? answer : close, () => writeSync(1, "ready\n"));
