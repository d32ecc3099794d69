/**
 * An alert for a program on the server's machine. Which programs there are stands in a file that the server was started with: the API names one of them and can neither make another
 * one nor give it arguments. No shell, the alert on standard input, an environment of our own, so many at a time, and an end.
 */

import { spawn } from "node:child_process";
import { plainItem } from "../formats/json.ts";
import { ocsfEvent } from "../formats/ocsf.ts";
import type { Origin } from "../formats/origin.ts";
import type { Item } from "../item.ts";
import type { KnownCommand } from "../known-commands.ts";
import type { Turns } from "../turns.ts";
import { DeliveryFailure, type Sender, type Sent } from "./sender.ts";

const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" };

export interface CommandParts {
  /** Undefined: the server was not started with it. */
  readonly command: KnownCommand | undefined;
  readonly name: string;
  readonly format: "json" | "ocsf";
  readonly origin: Origin;
  /** Shared by all that run programs. */
  readonly turns: Turns;
}

export class Command implements Sender {
  readonly most = 1;
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  async send(items: readonly Item[], signal: AbortSignal): Promise<Sent> {
    const { command, name, turns } = this.#parts;
    if (command === undefined)
      throw new DeliveryFailure(`the server was started without the command '${name}'`);
    for (const item of items) await turns.take(() => this.#run(command, item, signal), signal);
    return { refused: 0 };
  }

  async #run(
    { program, args, timeoutSeconds }: KnownCommand,
    item: Item,
    signal: AbortSignal,
  ): Promise<void> {
    const { format, origin } = this.#parts;
    const child = spawn(program, args, {
      cwd: "/",
      env: ENVIRONMENT,
      shell: false,
      // A group of its own, so that what it has started ends with it.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let why: Error | undefined;
    const end = (error: Error) => {
      why ??= error;
      endGroup(child.pid);
    };
    const stop = () => end(signal.reason as Error);
    signal.addEventListener("abort", stop);
    const limit = setTimeout(
      () => end(new DeliveryFailure(`${program} had not ended after ${timeoutSeconds} s`)),
      timeoutSeconds * 1000,
    );
    child.on("error", (error) =>
      reject(new DeliveryFailure(`${program}: ${error.message}`, { cause: error })),
    );
    child.on("exit", (code, killedBy) => {
      if (why !== undefined) reject(why);
      else if (code === 0) resolve();
      else
        reject(
          new DeliveryFailure(`${program} ended with ${code === null ? killedBy : `exit code ${code}`}`),
        );
    });
    // Who does not read its input has its reasons; its exit code says what became of it.
    child.stdin.on("error", () => {});
    child.stdin.end(`${JSON.stringify(format === "ocsf" ? ocsfEvent(item, origin) : plainItem(item))}\n`);
    try {
      await promise;
    } finally {
      clearTimeout(limit);
      signal.removeEventListener("abort", stop);
      endGroup(child.pid);
    }
  }
}

/** Whatever is left of it. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // It has ended, or has become somebody else's.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
