/** What was seen before, over restarts: a list of texts, each with its first and its latest moment, bounded by forgetting what was not seen for longest. */

import type { MemoryStore } from "../../store/alerts/memory-store.ts";
import { RecentMap } from "../recent-map.ts";

/** The latest moment is written so seldom: it only decides who is forgotten first. */
const WRITE_AGAIN = 6 * 3_600_000;

interface Seen {
  readonly first: number;
  last: number;
}

export class Sightings {
  readonly #store: MemoryStore;
  readonly #list: string;
  readonly #most: number;
  readonly #seen: RecentMap<Seen>;
  readonly #dirty = new Set<string>();
  readonly #gone = new Set<string>();

  constructor(store: MemoryStore, list: string, most: number) {
    this.#store = store;
    this.#list = list;
    this.#most = most;
    this.#seen = new RecentMap(most);
    for (const { what, first, last } of store.sightings(list)) this.#seen.get(what, () => ({ first, last }));
  }

  knows(what: string): boolean {
    return this.#seen.peek(what) !== undefined;
  }

  /** When it was seen first, which is now where it never was. Milliseconds since 1970-01-01T00:00Z. */
  see(what: string, now: number): number {
    const isNew = !this.knows(what);
    if (isNew && this.#seen.size >= this.#most) {
      const [oldest] = this.#seen.entries().next().value ?? [];
      if (oldest !== undefined) {
        this.#gone.add(oldest);
        this.#dirty.delete(oldest);
      }
    }
    const seen = this.#seen.get(what, () => ({ first: now, last: now }));
    if (isNew || now - seen.last >= WRITE_AGAIN) {
      seen.last = now;
      this.#dirty.add(what);
      this.#gone.delete(what);
    }
    return seen.first;
  }

  /** Writes what is not on disk yet; throws what the store throws, and has then forgotten nothing. */
  flush(): void {
    if (this.#dirty.size + this.#gone.size === 0) return;
    const seen = [...this.#dirty].flatMap((what) => {
      const known = this.#seen.peek(what);
      return known === undefined ? [] : [{ what, ...known }];
    });
    this.#store.setSightings(this.#list, seen, this.#gone);
    this.#dirty.clear();
    this.#gone.clear();
  }
}
