/** What every part of the running server is given. */

import type { Logger } from "pino";
import type { EventFeed } from "../http/event-feed.ts";
import type { EstateEvent } from "../policy/estate.ts";
import type { NewEvent } from "../store/estate/event-store.ts";
import type { ServeOptions } from "./options.ts";
import type { Stores } from "./stores.ts";
import type { Switchboard } from "./switchboard.ts";

export interface Context {
  readonly options: ServeOptions;
  readonly stores: Stores;
  readonly switchboard: Switchboard;
  readonly feed: EventFeed;
  readonly log: Logger;
  readonly now: () => number;
  readonly startedAt: number;
  /** Keeps an event, and tells of it. */
  readonly note: (event: Omit<NewEvent, "at">) => void;
  /** Tells of an event. */
  readonly publish: (event: EstateEvent) => void;
  readonly places: Places;
}

/** Where the doors are: known once they are open, and whoever asks before has come too early. */
export class Places {
  readonly #name: string;
  #agentsPort: number | undefined;
  #apiPort: number | undefined;

  /** @param name by which the server is reached. */
  constructor(name: string) {
    this.#name = name;
  }

  get agentsPort(): number {
    return known(this.#agentsPort);
  }

  get agentsUrl(): string {
    return `https://${this.#name}:${this.agentsPort}`;
  }

  get apiUrl(): string {
    return `https://${this.#name}:${known(this.#apiPort)}`;
  }

  agentsOpened(port: number): void {
    this.#agentsPort = port;
  }

  apiOpened(port: number): void {
    this.#apiPort = port;
  }
}

function known(port: number | undefined): number {
  if (port === undefined) throw new RangeError("this door of the server is not open yet");
  return port;
}
