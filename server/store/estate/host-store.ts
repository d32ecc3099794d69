/** Hosts and their certificates. */

import type { HostState, ReportedInventory } from "@bulkhead/shared/protocol/messages.ts";
import type { Database } from "../database.ts";

export interface StoredHost {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Canonical blocks that its addresses may come from. */
  readonly blocks: readonly string[];
  /** Canonical text. */
  readonly addresses: readonly string[];
  readonly joinedAt: number;
  /** The id of the token by which it joined. */
  readonly token: string | undefined;
  /** When it was last connected; now, for one that is. */
  readonly seenAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** The blocks from which it is still managed; undefined where it is not isolated. */
  readonly isolated: readonly string[] | undefined;
  readonly state: HostState | undefined;
  readonly stateAt: number | undefined;
  readonly inventory: ReportedInventory | undefined;
}

export interface StoredCertificate {
  readonly serial: string;
  readonly host: string;
  /** SHA-256 of its SubjectPublicKeyInfo, hexadecimal. */
  readonly publicKey: string;
  readonly notAfter: number;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly labels: string;
  readonly blocks: string;
  readonly addresses: string;
  readonly joined_at: number;
  readonly token: string | null;
  readonly seen_at: number | null;
  readonly revoked_at: number | null;
  readonly isolated: string | null;
  readonly state: string | null;
  readonly state_at: number | null;
  readonly inventory: string | null;
}

type Joining = Pick<StoredHost, "id" | "name" | "labels" | "blocks" | "addresses" | "joinedAt"> & {
  readonly token: string;
};

export class HostStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): readonly StoredHost[] {
    return (this.#database.prepare("SELECT * FROM host ORDER BY name").all() as Row[]).map(hostOf);
  }

  byId(id: string): StoredHost | undefined {
    return this.#one("id", id);
  }

  byName(name: string): StoredHost | undefined {
    return this.#one("name", name);
  }

  add({ id, name, labels, blocks, addresses, joinedAt, token }: Joining): void {
    this.#database
      .prepare(
        "INSERT INTO host (id, name, labels, blocks, addresses, joined_at, token) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        id,
        name,
        JSON.stringify(labels),
        JSON.stringify(blocks),
        JSON.stringify(addresses),
        joinedAt,
        token,
      );
  }

  setLabels(id: string, labels: Readonly<Record<string, string>>): void {
    this.#set(id, "labels", JSON.stringify(labels));
  }

  setAddresses(id: string, addresses: readonly string[]): void {
    this.#set(id, "addresses", JSON.stringify(addresses));
  }

  setSeen(id: string, at: number): void {
    this.#set(id, "seen_at", at);
  }

  setRevoked(id: string, at: number): void {
    this.#set(id, "revoked_at", at);
  }

  setIsolated(id: string, management: readonly string[] | undefined): void {
    this.#set(id, "isolated", management === undefined ? null : JSON.stringify(management));
  }

  setState(id: string, state: HostState, at: number): void {
    this.#database
      .prepare("UPDATE host SET state = ?, state_at = ? WHERE id = ?")
      .run(JSON.stringify(state), at, id);
  }

  setInventory(id: string, inventory: ReportedInventory): void {
    this.#set(id, "inventory", JSON.stringify(inventory));
  }

  remove(id: string): void {
    this.#database.prepare("DELETE FROM host WHERE id = ?").run(id);
  }

  addCertificate({ serial, host, publicKey, notAfter }: StoredCertificate): void {
    this.#database
      .prepare("INSERT INTO certificate (serial, host, public_key, not_after) VALUES (?, ?, ?, ?)")
      .run(serial, host, publicKey, notAfter);
  }

  /** Whether a certificate of this host with this serial number was issued for this key. */
  hasCertificate({ serial, host, publicKey }: Omit<StoredCertificate, "notAfter">): boolean {
    const found = this.#database
      .prepare("SELECT 1 FROM certificate WHERE serial = ? AND host = ? AND public_key = ?")
      .get(serial, host, publicKey);
    return found !== undefined;
  }

  #one(column: "id" | "name", value: string): StoredHost | undefined {
    const row = this.#database.prepare(`SELECT * FROM host WHERE ${column} = ?`).get(value);
    return row === undefined ? undefined : hostOf(row as Row);
  }

  #set(
    id: string,
    column: "labels" | "addresses" | "seen_at" | "revoked_at" | "isolated" | "inventory",
    value: string | number | null,
  ): void {
    this.#database.prepare(`UPDATE host SET ${column} = ? WHERE id = ?`).run(value, id);
  }
}

function hostOf(row: Row): StoredHost {
  return {
    id: row.id,
    name: row.name,
    labels: JSON.parse(row.labels),
    blocks: JSON.parse(row.blocks),
    addresses: JSON.parse(row.addresses),
    joinedAt: row.joined_at,
    token: row.token ?? undefined,
    seenAt: row.seen_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    isolated: row.isolated === null ? undefined : JSON.parse(row.isolated),
    state: row.state === null ? undefined : JSON.parse(row.state),
    stateAt: row.state_at ?? undefined,
    inventory: row.inventory === null ? undefined : JSON.parse(row.inventory),
  };
}
