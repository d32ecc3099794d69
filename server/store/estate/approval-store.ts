/** Who approved which version of the policy, as statements over the server's database. Times are milliseconds since 1970. */

import type { Database } from "../database.ts";

export interface StoredApproval {
  readonly policy: number;
  /** The name of the account whose owner approved. */
  readonly account: string;
  readonly at: number;
  readonly note: string;
  /** SHA-256 of the version's files, as the approver saw them. */
  readonly digest: string;
  /** Of the activation that was in force. */
  readonly revision: number;
  /** A digest of what the version's tests and invariants said of the hosts that there were. */
  readonly proof: string;
  /** In words, why it may not be a second person's. */
  readonly doubts: readonly string[];
}

type Row = Omit<StoredApproval, "doubts"> & { readonly doubts: string };

const COLUMNS = "policy, account, at, note, digest, revision, proof, doubts";

export class ApprovalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Puts it in the place of an earlier one of the same account. */
  put({ doubts, ...approval }: StoredApproval): void {
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO approval (${COLUMNS}) VALUES (@policy, @account, @at, @note, @digest, @revision, @proof, @doubts)`,
      )
      .run({ ...approval, doubts: JSON.stringify(doubts) });
  }

  /** Whether there was one. */
  remove(policy: number, account: string): boolean {
    return (
      this.#database.prepare("DELETE FROM approval WHERE policy = ? AND account = ?").run(policy, account)
        .changes > 0
    );
  }

  /** Of all versions, the oldest first. */
  all(): readonly StoredApproval[] {
    return this.#read(`SELECT ${COLUMNS} FROM approval ORDER BY at, account`, []);
  }

  /** Of a version, the oldest first. */
  of(policy: number): readonly StoredApproval[] {
    return this.#read(`SELECT ${COLUMNS} FROM approval WHERE policy = ? ORDER BY at, account`, [policy]);
  }

  #read(sql: string, given: readonly number[]): readonly StoredApproval[] {
    const rows = this.#database.prepare(sql).all(...given) as Row[];
    return rows.map(({ doubts, ...row }) => ({ ...row, doubts: JSON.parse(doubts) }));
  }
}
