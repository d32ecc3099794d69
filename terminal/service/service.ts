/** A program's life as systemd is told of it: ready, alive, reloading, stopping. Without systemd nobody listens, and nothing changes. */

import type { ServiceManager } from "./systemd.ts";

/** `systemctl status` shows one line. */
const LONGEST_STATUS = 500;

export class Service {
  readonly #manager: ServiceManager;
  #isReloading = false;

  constructor(manager: ServiceManager) {
    this.#manager = manager;
  }

  /** Ready, and alive from now on: the main loop itself says so, and a loop that hangs does not. Disposed of, it says no more. */
  ready(): Disposable {
    this.#manager.tell("READY=1");
    const { watchdogMilliseconds } = this.#manager;
    if (watchdogMilliseconds === undefined) return { [Symbol.dispose]: () => {} };
    const timer = setInterval(() => this.#manager.tell("WATCHDOG=1"), watchdogMilliseconds / 2);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  reloading(): void {
    this.#isReloading = true;
    const microseconds = process.hrtime.bigint() / 1000n;
    this.#manager.tell("RELOADING=1", `MONOTONIC_USEC=${microseconds}`);
  }

  stopping(): void {
    this.#manager.tell("STOPPING=1");
  }

  /** The line that `systemctl status` shows; the end of a reload, where one was under way. */
  status(words: string): void {
    const line = `STATUS=${words}`.replaceAll("\n", " ").slice(0, LONGEST_STATUS);
    this.#manager.tell(line, ...(this.#isReloading ? ["READY=1"] : []));
    this.#isReloading = false;
  }
}
