import { expect } from "vitest";
import type { Host } from "../estate/host.ts";
import type { Outcome } from "../estate/worker/requests.ts";

/** Asks for an allowed service over and over, at each address apart. */
export class Asking {
  readonly outcomes: readonly Outcome[][];
  readonly #loops: readonly Promise<void>[];
  #isOver = false;

  constructor(host: Host, addresses: readonly string[]) {
    this.outcomes = addresses.map(() => []);
    // A first packet that the flood has crowded out is sent again.
    const timeout = 4_000;
    this.#loops = addresses.map(async (address, at) => {
      while (!this.#isOver) this.outcomes[at]?.push(await host.connect(address, "tcp/5432", { timeout }));
    });
  }

  /** Resolves when there are that many more at each address. */
  async moreAnswers(by: number): Promise<void> {
    const wanted = this.outcomes.map((one) => one.length + by);
    await expect
      .poll(() => this.outcomes.every((one, at) => one.length >= (wanted[at] ?? 0)), { timeout: 60_000 })
      .toBe(true);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }
}

/** An order of outcomes: once it has connected, it always does. */
export function untilConnected(a: Outcome, b: Outcome): number {
  return Number(a === "connected") - Number(b === "connected");
}
