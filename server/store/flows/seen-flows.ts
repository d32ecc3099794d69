/** Whether anything of a kind was recorded: for whoever asks about single connections beside the thread that writes. */

import { type Database, openReadOnly } from "../database.ts";
import { prepareCandidates } from "./candidates.ts";
import { findFlows } from "./flow-search.ts";
import type { FlowFilter } from "./joined-flow.ts";

export class SeenFlows implements Disposable {
  readonly #database: Database;

  /** @param path of `flows.db`. */
  constructor(path: string) {
    this.#database = openReadOnly(path);
    prepareCandidates(this.#database);
  }

  /** Throws `server/invalid-request` for a service that is none. */
  has(filter: Omit<FlowFilter, "unconfirmed">): boolean {
    // Who is managed decides about what is unconfirmed alone.
    return findFlows(this.#database, { ...filter, limit: 1 }, () => false).flows.length > 0;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
