/** What systemd is told, in its own words (`man 3 sd_notify`). */

import type { ServiceManager } from "../kernel/host/systemd.ts";
import type { Keeper } from "./keeper.ts";

export class ServiceWords {
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
  status({ enforcement, generation, source }: Keeper): void {
    const policy = generation === undefined ? "no policy" : `policy ${generation.digest.slice(0, 12)}`;
    const why = enforcement.why === undefined ? "" : `: ${enforcement.why}`;
    const trouble =
      source === undefined || source.state === "current" ? "" : `; the policy's files: ${source.state}`;
    const line = `STATUS=${enforcement.state}, ${policy}${why}${trouble}`.replaceAll("\n", " ").slice(0, 500);
    this.#manager.tell(line, ...(this.#isReloading ? ["READY=1"] : []));
    this.#isReloading = false;
  }
}
