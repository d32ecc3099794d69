/** What hosts said of themselves over time: a row for each change, so many of each host, for so long. Written together, a second later at most. */

import type { HostState } from "@bulkhead/shared/protocol/messages.ts";
import { type Database, isFull } from "../database.ts";
import { HeldVersions, type Span } from "./held-versions.ts";

/** What a host was known to be from a moment on. Null: it had not said it, or was not connected. */
export interface HostReport {
  readonly host: string;
  readonly at: number;
  readonly connected: boolean;
  readonly version: number | null;
  /** What its kernel was read back as, and what it should have been then. */
  readonly digest: string | null;
  readonly expected: string | null;
  readonly kernel: string | null;
  readonly enforcement: string | null;
  readonly ingress: string | null;
  readonly egress: string | null;
  /** Changes before it that were too many to keep. */
  readonly missed: number;
}

const WRITE_MILLISECONDS = 1_000;
const LATE_MILLISECONDS = 60_000;
/** A host may have so many changes at once, and one more each minute. */
const MOST_AT_ONCE = 120;
const KEPT_MILLISECONDS = 400 * 86_400_000;
const TRIM_ROWS = 10_000;
const MOST_PENDING = 50_000;

const NOTHING_SAID = {
  ...{ version: null, digest: null, expected: null, kernel: null },
  ...{ enforcement: null, ingress: null, egress: null },
} as const;

interface Known {
  words: string;
  /** Changes that it may still have. */
  left: number;
  leftAt: number;
  missed: number;
  /** The last change, where it was one too many. */
  late: HostReport | undefined;
}

export class HostReports implements Disposable {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #hosts = new Map<string, Known>();
  #pending: HostReport[] = [];
  #writing: NodeJS.Timeout | undefined;

  /** @param lastAlive when the server was last known to run: those that were connected then are so no longer. */
  constructor(database: Database, now: () => number, lastAlive?: number) {
    this.#database = database;
    this.#now = now;
    const connected = database
      .prepare("SELECT host, max(id), connected FROM host_report GROUP BY host HAVING connected = 1")
      .pluck()
      .all() as string[];
    for (const host of connected) this.disconnected(host, Math.min(now(), lastAlive ?? now()));
  }

  connected(host: string): void {
    this.#take({ ...NOTHING_SAID, host, at: this.#now(), connected: true, missed: 0 });
  }

  disconnected(host: string, at = this.#now()): void {
    this.#take({ ...NOTHING_SAID, host, at, connected: false, missed: 0 });
  }

  /** @param expected the digest that it should have. */
  said(
    host: string,
    { version, digest, kernel, enforcement, modes }: HostState,
    expected: string | null,
  ): void {
    this.#take({
      ...{ host, at: this.#now(), connected: true, version, digest, expected, kernel, enforcement },
      ...{ ingress: modes?.ingress ?? null, egress: modes?.egress ?? null, missed: 0 },
    });
  }

  /** Which versions hosts held within that time, as they say themselves. */
  held(span: Span): HeldVersions {
    return new HeldVersions(this.#database, span, (asked) =>
      this.#pending.flatMap(({ host, at, version }) =>
        host === asked && version !== null && at <= span.end ? [{ at, version }] : [],
      ),
    );
  }

  /** Writes what is not on disk yet. */
  flush(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    for (const known of this.#hosts.values()) if (known.late !== undefined) this.#keep(known, known.late);
    const rows = this.#pending;
    if (!this.#database.open) return;
    try {
      this.#write(rows);
      this.#pending = [];
    } catch (error) {
      if (!isFull(error)) throw error;
    }
    const isLate = [...this.#hosts.values()].some(({ late }) => late !== undefined);
    if (isLate || this.#pending.length > 0) this.#flushIn(LATE_MILLISECONDS);
  }

  [Symbol.dispose](): void {
    this.flush();
    clearTimeout(this.#writing);
  }

  #take(report: HostReport): void {
    const { at: _, missed: __, ...words } = report;
    const known = this.#hosts.getOrInsertComputed(report.host, () => ({
      ...{ words: "", left: MOST_AT_ONCE, leftAt: report.at, missed: 0, late: undefined },
    }));
    const text = JSON.stringify(words);
    if (known.words === text) return;
    known.words = text;
    this.#keep(known, report);
    if (this.#writing === undefined) this.#flushIn(WRITE_MILLISECONDS);
  }

  #keep(known: Known, report: HostReport): void {
    const now = this.#now();
    const more = Math.floor((now - known.leftAt) / LATE_MILLISECONDS);
    if (more > 0) [known.left, known.leftAt] = [Math.min(MOST_AT_ONCE, known.left + more), now];
    if (known.left <= 0 || this.#pending.length >= MOST_PENDING) {
      if (known.late !== undefined && known.late !== report) known.missed++;
      known.late = report;
      return;
    }
    known.left--;
    this.#pending.push({ ...report, missed: known.missed });
    known.missed = 0;
    known.late = undefined;
  }

  #write(rows: readonly HostReport[]): void {
    const add = this.#database.prepare(
      `INSERT INTO host_report (host, at, connected, version, digest, expected, kernel, enforcement, ingress, egress, missed)
       VALUES (@host, @at, @connected, @version, @digest, @expected, @kernel, @enforcement, @ingress, @egress, @missed)`,
    );
    this.#database.transaction(() => {
      for (const row of rows) add.run({ ...row, connected: row.connected ? 1 : 0 });
      this.#database
        .prepare("DELETE FROM host_report WHERE at < ? LIMIT ?")
        .run(this.#now() - KEPT_MILLISECONDS, TRIM_ROWS);
    })();
  }

  #flushIn(milliseconds: number): void {
    this.#writing = setTimeout(() => this.flush(), milliseconds).unref();
  }
}

/** Of one host, in the order in which they were made: the last one before the time, and all in it. */
export function reportsOf(
  database: Database,
  host: string,
  { from, to, most }: { readonly from: number; readonly to: number; readonly most: number },
): readonly HostReport[] {
  const columns =
    "host, at, connected, version, digest, expected, kernel, enforcement, ingress, egress, missed";
  const rows = database
    .prepare(
      `SELECT * FROM (SELECT id, ${columns} FROM host_report WHERE host = @host AND at < @from ORDER BY at DESC, id DESC LIMIT 1)
       UNION ALL SELECT * FROM (SELECT id, ${columns} FROM host_report WHERE host = @host AND at >= @from AND at <= @to ORDER BY at, id LIMIT @most)`,
    )
    .all({ host, from, to, most }) as (Omit<HostReport, "connected"> & { id: number; connected: number })[];
  return rows.map(({ id: _, ...row }) => ({ ...row, connected: row.connected === 1 }));
}
