/** The floor of the store of flows: the same records in one table as they are, without an index. */

import { type Database, openDatabase } from "@bulkhead/server/store/database.ts";
import type { Report } from "./estate-reports.ts";

const COLUMNS =
  "host, bucket, start, finish, direction, verdict, local, unit, user, executable, remote, remote_host, remote_segment, protocol, service, rule, connections, packets, bytes, ended, lasted";

export class PlainFlows {
  readonly #database: Database;
  readonly #insert;

  constructor(path: string) {
    const schema = `CREATE TABLE plain (${COLUMNS})`;
    this.#database = openDatabase({ path, applicationId: 1, migrations: [schema] });
    const places = COLUMNS.split(", ").map(() => "?");
    this.#insert = this.#database.prepare(`INSERT INTO plain (${COLUMNS}) VALUES (${places.join(", ")})`);
  }

  add({ host, records }: Report): void {
    this.#database.transaction(() => {
      for (const { local, remote, rule, ...one } of records)
        this.#insert.run(
          ...[host.name, one.bucket, one.start, one.end, one.direction, one.verdict],
          ...[local.address, local.unit, local.user, local.executable],
          ...[remote.address, remote.host ?? null, remote.segment ?? null],
          ...[one.protocol, one.service, rule?.name ?? null],
          ...[one.connections, one.packets, one.bytes, one.ended, one.lasted],
        );
    })();
  }

  whoTalkedTo(address: string): void {
    this.#database
      .prepare(
        `SELECT local, remote, service, verdict, max(finish), sum(connections), sum(packets), sum(bytes) FROM plain
         WHERE (direction = 'egress' AND remote = ?) OR (direction = 'ingress' AND local = ?)
         GROUP BY local, remote, service, verdict ORDER BY 5 DESC LIMIT 100`,
      )
      .all(address, address);
  }

  bytes(): number {
    const [pages, size] = ["page_count", "page_size"].map((name) =>
      this.#database.pragma(name, { simple: true }),
    );
    return Number(pages) * Number(size);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
