/** That the server runs is in the audit log, and so is how long it did not: also after a kill, by a sign of life every few seconds. */

import type { Logger } from "pino";
import { headText } from "../audit/head.ts";
import { AliveStore } from "../store/audit/alive-store.ts";
import { type Database, isFull } from "../store/database.ts";
import type { EventStore, NewEvent } from "../store/estate/event-store.ts";

export interface PresenceParts {
  readonly database: Database;
  readonly events: EventStore;
  readonly note: (event: Omit<NewEvent, "at">) => void;
  readonly now: () => number;
  readonly log: Logger;
  readonly version: string;
}

const BEAT_MILLISECONDS = 10_000;
const HEAD_MILLISECONDS = 3_600_000;

export class Presence implements Disposable {
  /** When the server that was here before was last known to run; undefined for the first. */
  readonly lastAlive: number | undefined;
  readonly #parts: PresenceParts;
  readonly #alive: AliveStore;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(parts: PresenceParts) {
    const { database, events, note, version } = parts;
    this.#parts = parts;
    this.#alive = new AliveStore(database);
    this.lastAlive = this.#alive.last();
    const [last] = events.latest({ about: "server", most: 1, kinds: ["server-started", "server-stopped"] });
    const wasKilled = last?.kind === "server-started";
    note({
      ...{ kind: "server-started", who: "server", about: "server" },
      facts: {
        version,
        before: last === undefined ? "nothing" : wasKilled ? "killed" : "stopped",
        lastAlive: this.lastAlive ?? null,
      },
    });
    this.#beat();
    this.#tellHead();
    this.#timers = [
      setInterval(() => this.#beat(), BEAT_MILLISECONDS),
      setInterval(() => this.#tellHead(), HEAD_MILLISECONDS),
    ];
  }

  /** The server stops in good order. */
  stopping(signal: string): void {
    try {
      this.#parts.note({ kind: "server-stopped", who: "server", about: "server", facts: { signal } });
    } catch (error) {
      if (!isFull(error)) throw error;
    }
    this.#beat();
    this.#tellHead();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** A disk that has no room makes the server look as if it were away: it knows no better of itself afterwards. */
  #beat(): void {
    try {
      this.#alive.set(this.#parts.now());
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }

  /** The journal is mostly kept elsewhere: there, the head shows whether the log is still the same. */
  #tellHead(): void {
    const { events, log } = this.#parts;
    const head = events.head();
    if (head !== undefined)
      log.info({ code: "audit-head", head: headText(head) }, "the audit log's last entry");
  }
}
