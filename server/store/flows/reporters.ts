/** The hosts that report: how far each has come, and which addresses are whose. */

import type { Database } from "../database.ts";
import { addressText } from "./address-key.ts";
import type { Identities } from "./identities.ts";

/** A host as the centre knows it, never as it calls itself. */
export interface Reporter {
  /** Stays the same while it is the same host. */
  readonly id: string;
  readonly name: string;
  /** Its own, canonical text. It speaks for these alone. */
  readonly addresses: readonly string[];
  /** The segment that it is shown in; the first by name where several have it. */
  readonly segment?: string;
}

export class Reporters {
  readonly #database: Database;
  readonly #identities: Identities;
  #managed: ReadonlySet<string>;

  constructor(database: Database, identities: Identities) {
    this.#database = database;
    this.#identities = identities;
    this.#managed = this.#readManaged();
  }

  /** The number of the last report that was taken; -1 where none was. */
  lastTaken(id: string): number {
    const found = this.#database.prepare("SELECT up_to FROM reporter WHERE host = ?").pluck().get(id);
    return (found as number | undefined) ?? -1;
  }

  /** Within the transaction that takes the report. */
  advance({ id, addresses }: Reporter, upTo: number): void {
    const text = JSON.stringify([...addresses].sort());
    const known = this.#database.prepare("SELECT id, addresses FROM reporter WHERE host = ?").get(id) as
      | { id: number; addresses: string }
      | undefined;
    const number = known?.id ?? this.#make(id);
    this.#database
      .prepare("UPDATE reporter SET up_to = ?, addresses = ? WHERE id = ?")
      .run(upTo, text, number);
    if (known?.addresses !== text) this.#own(number, addresses);
  }

  /** Whether this is the address of a host that reports. */
  readonly isManaged = (address: string): boolean => this.#managed.has(address);

  /** After a transaction was rolled back. */
  forget(): void {
    this.#managed = this.#readManaged();
  }

  #make(host: string): number {
    const made = this.#database
      .prepare("INSERT INTO reporter (host, up_to, addresses) VALUES (?, -1, '')")
      .run(host);
    return Number(made.lastInsertRowid);
  }

  #own(reporter: number, addresses: readonly string[]): void {
    this.#database.prepare("DELETE FROM own WHERE reporter = ?").run(reporter);
    const insert = this.#database.prepare("INSERT OR REPLACE INTO own (address, reporter) VALUES (?, ?)");
    for (const address of addresses) {
      const number = this.#identities.addressOf(address);
      if (number !== undefined) insert.run(number, reporter);
    }
    this.#managed = this.#readManaged();
  }

  #readManaged(): ReadonlySet<string> {
    const keys = this.#database
      .prepare("SELECT number FROM own JOIN address ON address.id = own.address")
      .pluck()
      .all() as Buffer[];
    return new Set(keys.map(addressText));
  }
}
