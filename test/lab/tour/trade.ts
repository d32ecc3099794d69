/** The shop's traffic: everybody's habits, over and over, until it is stopped. */

import type { Estate } from "../../estate/estate.ts";
import type { Speaker } from "../../estate/speaker.ts";
import type { Outcome } from "../../estate/worker/requests.ts";
import { CUSTOMER_ADDRESSES, CUSTOMERS, HABITS, type Habit } from "./shop.ts";

/** Milliseconds: what goes on at all has answered by then, on a busy machine too. */
const PATIENCE = 4_000;
/** As many of the customers come at a time. */
const AT_A_TIME = 6;

/** What became of one habit's last time. */
export interface Turn {
  readonly habit: Habit;
  readonly to: string;
  readonly outcome: Outcome;
}

export class Trade {
  readonly #estate: Estate;
  readonly #speakers = new Map<string, Speaker>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #loops: Promise<void>[] = [];
  #connections = 0;
  #isOver = false;
  #came = 0;

  private constructor(estate: Estate) {
    this.#estate = estate;
  }

  static async begin(estate: Estate): Promise<Trade> {
    const trade = new Trade(estate);
    for (const { from, unit } of HABITS)
      if (unit !== undefined && estate.can.units)
        trade.#speakers.set(
          `${from} ${unit}`,
          trade.#speakers.get(`${from} ${unit}`) ?? (await estate.host(from).unit(unit)),
        );
    for (const habit of HABITS) trade.#loops.push(trade.#goOn(habit));
    return trade;
  }

  /** Connections that came about since it began. */
  get connections(): number {
    return this.#connections;
  }

  /** Does everything once, and says what became of it. */
  async turn(): Promise<readonly Turn[]> {
    return (await Promise.all(HABITS.map((habit) => this.#once(habit)))).flat();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#stopped.resolve();
    // What is under way may belong to hosts that are gone by now.
    await Promise.allSettled(this.#loops);
  }

  async #goOn(habit: Habit): Promise<void> {
    while (!this.#isOver) {
      const due = new Promise((resolve) => setTimeout(resolve, habit.every).unref());
      for (const { outcome } of await this.#once(habit)) if (outcome === "connected") this.#connections += 1;
      await Promise.race([due, this.#stopped.promise]);
    }
  }

  async #once(habit: Habit): Promise<readonly Turn[]> {
    const { from, unit, to, service } = habit;
    const speaker = this.#speakers.get(`${from} ${unit}`) ?? this.#estate.host(from);
    const requests = this.#sources(habit).flatMap((source) =>
      to.map((other) => ({ to: other, service, timeout: PATIENCE, family: 4 as const, ...source })),
    );
    const outcomes = await speaker.probe(requests);
    return requests.map((request, at) => ({ habit, to: request.to, outcome: outcomes[at] ?? "timeout" }));
  }

  /** The customers take turns; everybody else has one address. */
  #sources({ from }: Habit): readonly { readonly source?: string }[] {
    if (from !== CUSTOMERS) return [{}];
    const first = this.#came;
    this.#came += AT_A_TIME;
    return Array.from({ length: AT_A_TIME }, (_, at) => ({
      source: CUSTOMER_ADDRESSES[(first + at) % CUSTOMER_ADDRESSES.length] ?? "",
    }));
  }
}
