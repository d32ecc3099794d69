/** What happened, in order: who did what, and what hosts have told. Each event is chained to the one before it. */

import { chainHash, NOTHING_BEFORE } from "../audit/event-chain.ts";
import type { Database } from "../database.ts";

export interface StoredEvent {
  readonly id: number;
  readonly at: number;
  /** `host-joined`, `policy-provisioned`, … */
  readonly kind: string;
  /** Who did it: an account, a token's name, `host NAME`, `server`. */
  readonly who: string;
  /** What it is about: a host's name, a policy's number, … */
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** How who did it has proved who they are; null for the server by itself. */
  readonly credential: string | null;
  /** From where: an address, or `socket`; null for the server by itself. */
  readonly address: string | null;
  /** Over all of this and the hash of the event before, hexadecimal. */
  readonly hash: string;
}

export type NewEvent = Pick<StoredEvent, "at" | "kind" | "who" | "about" | "facts"> & Partial<Origin>;

/** How who did it has proved who they are, and from where. */
export type Origin = Pick<StoredEvent, "credential" | "address">;

interface Row extends Omit<StoredEvent, "facts" | "hash"> {
  readonly facts: string;
  readonly hash: Buffer;
}

const HEAD = "SELECT id, hash FROM event ORDER BY id DESC LIMIT 1";
const ADD =
  "INSERT INTO event (id, at, kind, who, about, facts, credential, address, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

/** The last event: who keeps it elsewhere can tell whether the log before it is still the same. */
export interface ChainHead {
  readonly number: number;
  /** Hexadecimal. */
  readonly hash: string;
}

export interface LatestQuery {
  readonly about?: string;
  readonly kinds?: readonly string[];
  readonly most: number;
}

export class EventStore {
  readonly #database: Database;
  readonly #originOf: (who: string) => Origin | undefined;
  readonly #head;
  readonly #add;
  readonly #afterwards: (() => void)[] = [];
  #depth = 0;

  /** @param originOf asked at each event; undefined for what the server does by itself. */
  constructor(database: Database, originOf: (who: string) => Origin | undefined = () => undefined) {
    this.#database = database;
    this.#originOf = originOf;
    this.#head = database.prepare<[], { id: number; hash: Buffer }>(HEAD);
    this.#add = database.prepare(ADD);
  }

  add(event: NewEvent): StoredEvent {
    const { at, who } = event;
    const { credential, address } = { ...NOBODY, ...this.#originOf(who), ...event };
    const facts = JSON.stringify(event.facts).toWellFormed();
    // A lone surrogate would not come back from the store as it was.
    const [kind, name, about] = [event.kind, who, event.about].map((text) => text.toWellFormed());
    const before = this.#head.get();
    const id = (before?.id ?? 0) + 1;
    const texts = [kind ?? "", name ?? "", about ?? "", facts] as const;
    const hash = chainHash(before?.hash ?? NOTHING_BEFORE, {
      ...{ id, at },
      kind: Buffer.from(texts[0]),
      who: Buffer.from(texts[1]),
      about: Buffer.from(texts[2]),
      facts: Buffer.from(texts[3]),
      credential: credential === null ? null : Buffer.from(credential),
      address: address === null ? null : Buffer.from(address),
    });
    this.#add.run(id, at, ...texts, credential, address, hash);
    return { ...event, id, credential, address, hash: hash.toString("hex") };
  }

  /**
   * All of it or nothing: a change and the event that tells of it. `undone` puts back what is in memory where nothing was kept.
   * Whatever is told to others meanwhile by `afterwards` is told once it is on disk.
   */
  whole<Result>(work: () => Result, undone: () => void = () => {}): Result {
    const known = this.#afterwards.length;
    this.#depth++;
    let result: Result;
    try {
      result = this.#database.transaction(work)();
    } catch (error) {
      this.#afterwards.length = known;
      undone();
      throw error;
    } finally {
      this.#depth--;
    }
    if (this.#depth === 0) for (const tell of this.#afterwards.splice(0)) tell();
    return result;
  }

  /** At once, or where something is under way as a whole, when that is on disk. */
  afterwards(tell: () => void): void {
    if (this.#depth > 0) this.#afterwards.push(tell);
    else tell();
  }

  /** Undefined before the first event. */
  head(): ChainHead | undefined {
    const last = this.#head.get();
    return last && { number: last.id, hash: last.hash.toString("hex") };
  }

  /** Those after this one, in their order. */
  after(id: number, most: number): readonly StoredEvent[] {
    const rows = this.#database.prepare("SELECT * FROM event WHERE id > ? ORDER BY id LIMIT ?").all(id, most);
    return (rows as Row[]).map(eventOf);
  }

  /** The number of the last event of before this moment, or of all; 0 where there is none. */
  lastId(before = Number.MAX_SAFE_INTEGER): number {
    const found = this.#database.prepare("SELECT max(id) FROM event WHERE at < ?").pluck().get(before);
    return (found as number | null) ?? 0;
  }

  /** Newest first. `kinds`: any of these. */
  latest({ about, kinds, most }: LatestQuery): readonly StoredEvent[] {
    const conditions = [
      ...(about === undefined ? [] : ["about = @about"]),
      ...(kinds === undefined ? [] : ["kind IN (SELECT value FROM json_each(@kinds))"]),
    ];
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const rows = this.#database
      .prepare(`SELECT * FROM event ${where} ORDER BY id DESC LIMIT @most`)
      .all({ about, kinds: JSON.stringify(kinds ?? []), most }) as Row[];
    return rows.map(eventOf);
  }
}

const NOBODY = { credential: null, address: null } as const;

export function eventOf(row: Row): StoredEvent {
  return { ...row, facts: JSON.parse(row.facts), hash: row.hash.toString("hex") };
}
