/** FAULTS.md, row 40: an audit log of which one byte was altered. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mainDatabase } from "../../serve/schema.ts";
import { type Database, openDatabase } from "../database.ts";
import { EventStore } from "../estate/event-store.ts";
import { checkChain } from "./chain-check.ts";
import { chainHash, NOTHING_BEFORE } from "./event-chain.ts";

const here = { directory: "", database: undefined as unknown as Database };
const path = () => join(here.directory, "bulkhead.db");
beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-chain-"));
  here.database = openDatabase(mainDatabase(path()));
});
afterEach(() => {
  here.database.close();
  rmSync(here.directory, { recursive: true, force: true });
});

const ORIGIN = { credential: "session", address: "192.0.2.7" };

function fill(count: number): EventStore {
  const events = new EventStore(here.database, (who) => (who === "server" ? undefined : ORIGIN));
  for (let at = 1; at <= count; at++)
    events.add({
      ...{ at: 1_700_000_000_000 + at, kind: "host-labelled", about: `db-${at}` },
      who: at % 3 === 0 ? "server" : "añna",
      facts: { from: { role: "a" }, to: { role: "b" } },
    });
  return events;
}

const altered = (sql: string, ...given: unknown[]) => {
  here.database.prepare(sql).run(...given);
  return checkChain(here.database);
};

test("a log is whole, and its head is its last entry; an empty one is whole too", () => {
  expect(checkChain(here.database)).toMatchObject({ whole: true, entries: 0, head: null });
  const head = fill(9).head();
  expect(checkChain(here.database)).toEqual({
    ...{ whole: true, entries: 9, head, unchained: 0, fault: null, faults: 0 },
  });
});

test("one byte of any column of any entry: the place is named", () => {
  fill(5);
  const columns = ["hash", "kind", "who", "about", "facts", "credential", "address"] as const;
  const looked = { bytes: 0 };
  for (const column of columns)
    for (let id = 1; id <= 5; id++) {
      const read = here.database.prepare(`SELECT CAST(${column} AS BLOB) FROM event WHERE id = ?`).pluck();
      const before = read.get(id) as Buffer | null;
      const write = here.database.prepare(
        `UPDATE event SET ${column} = ${column === "hash" ? "?" : "CAST(? AS TEXT)"} WHERE id = ?`,
      );
      if (before === null) continue;
      for (let at = 0; at < before.length; at++) {
        const other = Buffer.from(before);
        other[at] = (other[at] ?? 0) ^ 0x01;
        write.run(other, id);
        const { whole, fault, faults } = checkChain(here.database);
        const what = column === "hash" && id < 5 ? "hash" : "entry";
        expect([column, at, whole, fault?.number, fault?.what, faults]).toEqual([
          column,
          at,
          false,
          id,
          what,
          1,
        ]);
        looked.bytes++;
      }
      write.run(before, id);
      // Control: put back as it was, the log is whole.
      expect(checkChain(here.database).whole).toBe(true);
    }
  expect(looked.bytes).toBeGreaterThan(500);
});

test("a time, a number, an empty text for none, a text as bytes: each is named", () => {
  fill(5);
  expect(altered("UPDATE event SET at = at + 1 WHERE id = 2").fault).toMatchObject({
    number: 2,
    what: "entry",
  });
  altered("UPDATE event SET at = at - 1 WHERE id = 2");
  expect(altered("UPDATE event SET address = '' WHERE id = 3").fault).toMatchObject({ number: 3 });
  altered("UPDATE event SET address = NULL WHERE id = 3");
  expect(checkChain(here.database).whole).toBe(true);
  expect(altered("UPDATE event SET id = 17 WHERE id = 5").fault).toMatchObject({
    number: 17,
    what: "missing",
  });
});

test("entries that were taken out, put in or moved: the place is named", () => {
  fill(6);
  const fault = altered("DELETE FROM event WHERE id IN (3, 4)").fault;
  expect(fault).toMatchObject({ number: 5, what: "missing" });
  expect(fault?.words).toContain("2 entries before entry 5");
  expect(fault?.words).toContain("are missing, after entry 2");
  expect(altered("DELETE FROM event WHERE id = 1").fault).toMatchObject({ number: 2, what: "missing" });
});

test("whoever alters an entry and its hash is found at the next entry; all the rest has to be made anew", () => {
  fill(5);
  const row = here.database
    .prepare(
      `SELECT id, at, CAST(kind AS BLOB) AS kind, CAST(who AS BLOB) AS who, CAST(about AS BLOB) AS about, CAST(facts AS BLOB) AS facts,
       CAST(credential AS BLOB) AS credential, CAST(address AS BLOB) AS address FROM event WHERE id = 3`,
    )
    .get() as Parameters<typeof chainHash>[1];
  const previous = here.database.prepare("SELECT hash FROM event WHERE id = 2").pluck().get() as Buffer;
  const hash = chainHash(previous, { ...row, who: Buffer.from("eve") });
  const { fault, faults } = altered("UPDATE event SET who = 'eve', hash = ? WHERE id = 3", hash);
  expect([fault?.number, fault?.what, faults]).toEqual([4, "entry", 1]);
  expect(fault?.words).toMatch(/^entry 4 \(2023-.*\) was altered, or entry 3 together with its hash$/);
});

test("an end that was cut off, or a log that was replaced, shows by what was kept elsewhere, and by that alone", () => {
  const kept = fill(5).head();
  if (kept === undefined) throw new Error("no head");
  expect(checkChain(here.database, { kept: [kept] }).whole).toBe(true);
  here.database.exec("DELETE FROM event WHERE id > 3");
  expect(checkChain(here.database).whole).toBe(true);
  expect(checkChain(here.database, { kept: [kept] }).fault).toMatchObject({ what: "cut", number: 5 });
  here.database.exec("DELETE FROM event");
  fill(4);
  new EventStore(here.database).add({ at: 1, kind: "k", who: "w", about: "a", facts: {} });
  expect(checkChain(here.database).whole).toBe(true);
  expect(checkChain(here.database, { kept: [kept] }).fault).toMatchObject({
    ...{ what: "replaced", number: 5, expected: kept.hash },
  });
});

test("what a transaction has taken back is in no chain", () => {
  const events = fill(2);
  const told: string[] = [];
  expect(() =>
    events.whole(
      () => {
        events.add({ at: 3, kind: "never", who: "w", about: "a", facts: {} });
        events.afterwards(() => told.push("never"));
        throw new Error("no");
      },
      () => told.push("undone"),
    ),
  ).toThrow("no");
  events.whole(() => {
    events.add({ at: 4, kind: "kept", who: "w", about: "a", facts: {} });
    events.afterwards(() => told.push(`after ${here.database.inTransaction}`));
    expect(told).toEqual(["undone"]);
  });
  expect(told).toEqual(["undone", "after false"]);
  expect(checkChain(here.database)).toMatchObject({ whole: true, entries: 3 });
});

test("the form of an entry is what it was: a log of today is verified by any later version", () => {
  const bytes = (text: string) => Buffer.from(text);
  const row = { kind: bytes("k"), who: bytes("w"), about: bytes("a"), facts: bytes("{}") };
  const first = chainHash(NOTHING_BEFORE, { id: 1, at: 2, ...row, credential: null, address: null });
  const second = chainHash(first, {
    id: 2,
    at: 3,
    ...row,
    credential: bytes("token"),
    address: bytes("::1"),
  });
  expect([first, second].map((hash) => hash.toString("hex"))).toEqual([
    "f90e9eadd1a5cab6d5b605e0c8622d9bb6c27187e0d39f801b175df6dd9d874b",
    "47f44a79e3dab63611851b0e367edebf77d22520610c9a5fa125d5d70e486913",
  ]);
});
