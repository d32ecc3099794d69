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
  /** When its lease ended, and it left the groups; undefined once it is back. */
  readonly lapsedAt: number | undefined;
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
  /** Of the authority's root that signed it. */
  readonly generation: number;
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
  readonly lapsed_at: number | null;
  readonly isolated: string | null;
  readonly state: string | null;
  readonly state_at: number | null;
  readonly inventory: string | null;
}

type Joining = Pick<StoredHost, "id" | "name" | "labels" | "blocks" | "addresses" | "joinedAt"> & {
  readonly token: string;
};

/** What hosts say of themselves again and again is written together, so much later at most. */
const WRITE_MILLISECONDS = 250;

/**
 * The only one that writes these tables, so everything is in memory as well, and reading costs nothing. What is decided (labels, addresses, revoked, isolated) is on disk when a
 * call returns; what hosts say (`setSeen`, `setState`) soon afterwards: a server that is killed asks them again.
 */
export class HostStore implements Disposable {
  readonly #database: Database;
  readonly #hosts = new Map<string, StoredHost>();
  readonly #ids = new Map<string, string>();
  /** Address -> ids of those who have it, whatever became of them. */
  readonly #holders = new Map<string, Set<string>>();
  readonly #said = new Set<string>();
  readonly #statements: ReturnType<typeof statementsOf>;
  #sorted: readonly StoredHost[] | undefined;
  #writing: NodeJS.Timeout | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = statementsOf(database);
    for (const row of database.prepare("SELECT * FROM host").all() as Row[]) this.#keep(hostOf(row));
  }

  /** By name. */
  all(): readonly StoredHost[] {
    this.#sorted ??= [...this.#hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#sorted;
  }

  byId(id: string): StoredHost | undefined {
    return this.#hosts.get(id);
  }

  byName(name: string): StoredHost | undefined {
    return this.byId(this.#ids.get(name) ?? "");
  }

  /** All that have this address, revoked ones too. */
  byAddress(address: string): readonly StoredHost[] {
    return [...(this.#holders.get(address) ?? [])].flatMap((id) => this.#hosts.get(id) ?? []);
  }

  add(host: Joining): void {
    const { id, name, labels, blocks, addresses, joinedAt, token } = host;
    const lists = [labels, blocks, addresses].map((value) => JSON.stringify(value));
    this.#statements.add.run(id, name, ...lists, joinedAt, token);
    this.#keep({ ...NOTHING_YET, ...host });
  }

  setLabels(id: string, labels: Readonly<Record<string, string>>): void {
    this.#set(id, { labels }, ["labels", JSON.stringify(labels)]);
  }

  setAddresses(id: string, addresses: readonly string[]): void {
    this.#set(id, { addresses }, ["addresses", JSON.stringify(addresses)]);
  }

  setRevoked(id: string, at: number): void {
    this.#set(id, { revokedAt: at }, ["revoked_at", at]);
  }

  setLapsed(id: string, at: number | undefined): void {
    this.#set(id, { lapsedAt: at }, ["lapsed_at", at ?? null]);
  }

  setIsolated(id: string, management: readonly string[] | undefined): void {
    const value = management === undefined ? null : JSON.stringify(management);
    this.#set(id, { isolated: management }, ["isolated", value]);
  }

  setInventory(id: string, inventory: ReportedInventory): void {
    this.#set(id, { inventory }, ["inventory", JSON.stringify(inventory)]);
  }

  setSeen(id: string, at: number): void {
    this.#says(id, { seenAt: at });
  }

  setState(id: string, state: HostState, at: number): void {
    this.#says(id, { state, stateAt: at });
  }

  /** What was decided of the host is in memory as it is on disk: for a change that did not get there. */
  readAgain(id: string): void {
    const row = this.#database.prepare("SELECT * FROM host WHERE id = ?").get(id) as Row | undefined;
    const { seenAt, state, stateAt } = this.#hosts.get(id) ?? NOTHING_YET;
    this.#forget(id);
    if (row !== undefined) this.#keep({ ...hostOf(row), seenAt, state, stateAt });
  }

  remove(id: string): void {
    this.#statements.remove.run(id);
    this.#forget(id);
  }

  addCertificate({ serial, host, publicKey, notAfter, generation }: StoredCertificate): void {
    this.#statements.addCertificate.run(serial, host, publicKey, notAfter, generation);
  }

  /** The root that signed this certificate; undefined where there is no such certificate. */
  generationOf(serial: string): number | undefined {
    return this.#statements.generationOf.get(serial) as number | undefined;
  }

  /** By the id of each host that has one: when its last certificate ends, milliseconds since 1970-01-01T00:00Z. */
  certificatesEnd(): ReadonlyMap<string, number> {
    return new Map(this.#statements.certificatesEnd.raw().all() as [string, number][]);
  }

  /** Those without a certificate that this root or a newer one has signed. */
  withoutRoot(generation: number): readonly StoredHost[] {
    const signed = new Set(this.#statements.signedSince.all(generation) as string[]);
    return this.all().filter(({ id, revokedAt }) => revokedAt === undefined && !signed.has(id));
  }

  /** Whether a certificate of this host with this serial number was issued for this key. */
  hasCertificate({ serial, host, publicKey }: Omit<StoredCertificate, "notAfter" | "generation">): boolean {
    return this.#statements.findCertificate.get(serial, host, publicKey) !== undefined;
  }

  /** Writes what is not on disk yet. */
  flush(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    const ids = [...this.#said];
    this.#said.clear();
    if (!this.#database.open) return;
    this.#database.transaction(() => {
      for (const id of ids) {
        const { seenAt = null, state, stateAt = null } = this.#hosts.get(id) ?? {};
        this.#statements.said.run(seenAt, state === undefined ? null : JSON.stringify(state), stateAt, id);
      }
    })();
  }

  [Symbol.dispose](): void {
    this.flush();
  }

  #set(
    id: string,
    change: Partial<StoredHost>,
    [column, value]: readonly [Column, string | number | null],
  ): void {
    this.#statements[column].run(value, id);
    this.#change(id, change);
  }

  #says(id: string, change: Partial<StoredHost>): void {
    this.#change(id, change);
    this.#said.add(id);
    this.#writing ??= setTimeout(() => this.#flushLater(), WRITE_MILLISECONDS).unref();
  }

  /** A disk that takes nothing now takes it later; meanwhile it is in memory. What is decided says loudly that there is no room. */
  #flushLater(): void {
    const ids = [...this.#said];
    try {
      this.flush();
    } catch {
      for (const id of ids) this.#said.add(id);
      this.#writing = setTimeout(() => this.#flushLater(), 20 * WRITE_MILLISECONDS).unref();
    }
  }

  #change(id: string, change: Partial<StoredHost>): void {
    const host = this.#hosts.get(id);
    if (host === undefined) return;
    if (change.addresses !== undefined) this.#forget(id);
    this.#keep({ ...host, ...change });
  }

  #keep(host: StoredHost): void {
    this.#sorted = undefined;
    this.#hosts.set(host.id, host);
    this.#ids.set(host.name, host.id);
    for (const address of host.addresses)
      this.#holders.getOrInsertComputed(address, () => new Set()).add(host.id);
  }

  #forget(id: string): void {
    const host = this.#hosts.get(id);
    if (host === undefined) return;
    this.#sorted = undefined;
    this.#hosts.delete(id);
    this.#ids.delete(host.name);
    for (const address of host.addresses) {
      const holders = this.#holders.get(address);
      holders?.delete(id);
      if (holders?.size === 0) this.#holders.delete(address);
    }
  }
}

type Column = "labels" | "addresses" | "revoked_at" | "lapsed_at" | "isolated" | "inventory";

function statementsOf(database: Database) {
  const set = (column: Column) => database.prepare(`UPDATE host SET ${column} = ? WHERE id = ?`);
  return {
    labels: set("labels"),
    addresses: set("addresses"),
    revoked_at: set("revoked_at"),
    lapsed_at: set("lapsed_at"),
    isolated: set("isolated"),
    inventory: set("inventory"),
    said: database.prepare("UPDATE host SET seen_at = ?, state = ?, state_at = ? WHERE id = ?"),
    add: database.prepare(
      "INSERT INTO host (id, name, labels, blocks, addresses, joined_at, token) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    remove: database.prepare("DELETE FROM host WHERE id = ?"),
    addCertificate: database.prepare(
      "INSERT INTO certificate (serial, host, public_key, not_after, generation) VALUES (?, ?, ?, ?, ?)",
    ),
    generationOf: database.prepare("SELECT generation FROM certificate WHERE serial = ?").pluck(),
    signedSince: database.prepare("SELECT DISTINCT host FROM certificate WHERE generation >= ?").pluck(),
    certificatesEnd: database.prepare("SELECT host, max(not_after) FROM certificate GROUP BY host"),
    findCertificate: database.prepare(
      "SELECT 1 FROM certificate WHERE serial = ? AND host = ? AND public_key = ?",
    ),
  };
}

const NOTHING_YET = {
  seenAt: undefined,
  revokedAt: undefined,
  lapsedAt: undefined,
  isolated: undefined,
  state: undefined,
  stateAt: undefined,
  inventory: undefined,
} as const;

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
    lapsedAt: row.lapsed_at ?? undefined,
    isolated: row.isolated === null ? undefined : JSON.parse(row.isolated),
    state: row.state === null ? undefined : JSON.parse(row.state),
    stateAt: row.state_at ?? undefined,
    inventory: row.inventory === null ? undefined : JSON.parse(row.inventory),
  };
}
