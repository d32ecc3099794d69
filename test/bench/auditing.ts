/** What reads all that anyone did: `audit verify` and what other systems are told of it, against reading and hashing the same rows. */

import { hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mainDatabase } from "@bulkhead/server/serve/schema.ts";
import { checkChain } from "@bulkhead/server/store/audit/chain-check.ts";
import { EventSearch } from "@bulkhead/server/store/audit/event-search.ts";
import { type Database, openDatabase } from "@bulkhead/server/store/database.ts";
import { EventStore } from "@bulkhead/server/store/estate/event-store.ts";
import type { Benchmark } from "./measure.ts";
import { interleave, type Measurement, undisturbedTime } from "./measure.ts";

const ENTRIES = Number(process.env.BULKHEAD_BENCH_ENTRIES ?? 100_000);
const ROUNDS = 5;
const FIRST = 1_795_392_000_000;

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  const directory = mkdtempSync(join(tmpdir(), "bulkhead-bench-"));
  const database = openDatabase(mainDatabase(join(directory, "bulkhead.db")));
  try {
    tell(`${ENTRIES.toLocaleString("en")} entries into the log`);
    fill(database);
    const times = await interleave(
      {
        floor: () => seconds(() => readAndHash(database)),
        verify: () => seconds(() => verify(database)),
        told: () => seconds(() => exported(database)),
      },
      ROUNDS,
      tell,
    );
    const floor = undisturbedTime(times.floor);
    const line = (name: string, taken: readonly number[]): Measurement => {
      const value = undisturbedTime(taken);
      return {
        name: `${name}, ${ENTRIES.toLocaleString("en")} entries`,
        ...{ value, unit: "s", peer: "reading and hashing the rows", peerValue: floor, ratio: value / floor },
      };
    };
    return [line("audit verify", times.verify), line("audit export as lines", times.told)];
  } finally {
    database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function fill(database: Database): void {
  const events = new EventStore(database);
  events.whole(() => {
    for (let at = 0; at < ENTRIES; at++)
      events.add({
        ...{ at: FIRST + at, kind: "host-labelled", who: "anna", about: `web-${at % 500}` },
        facts: { labels: { role: "web", env: "prod" }, before: { role: "web" } },
        ...{ credential: "password", address: "192.0.2.1" },
      });
  });
}

/** What anything that vouches for the log costs at the least. */
function readAndHash(database: Database): void {
  const rows = database.prepare("SELECT * FROM event ORDER BY id").raw().iterate();
  for (const row of rows as IterableIterator<unknown[]>) hash("sha256", row.join("\n"));
}

function verify(database: Database): void {
  const { whole, entries } = checkChain(database);
  if (!whole || entries !== ENTRIES) throw new Error("the log is not whole");
}

function exported(database: Database): void {
  let bytes = 0;
  for (const entry of new EventSearch(database).all({}, ENTRIES)) bytes += JSON.stringify(entry).length;
  if (bytes === 0) throw new Error("nothing was told");
}

async function seconds(work: () => void): Promise<number> {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

export const auditing: Benchmark = {
  name: "audit",
  about: "the audit log verified and taken elsewhere",
  by: "anybody",
  run,
};
