/** `npm start -- exec`: a command on a host of what is up in another terminal. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { CHECKOUT } from "../estate/place.ts";
import type { ExecOptions } from "./options.ts";
import { findRunning } from "./running.ts";

/** With this terminal; gives the exit code. Throws where nothing is up, or has no such host. */
export async function execOnHost({ lab, host, command }: ExecOptions): Promise<number> {
  const { hosts } = await findRunning(lab);
  const enter = hosts[host];
  if (enter === undefined)
    throw new Error(`there is no host '${host}'; there is ${Object.keys(hosts).join(", ")}`);
  const [program = "", ...args] = [...enter, ...command];
  const path = `${join(CHECKOUT, "node_modules/.bin")}:${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, PATH: path } });
  // Ctrl-C is for the command.
  process.on("SIGINT", () => {});
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });
}
