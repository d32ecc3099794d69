/** Steps of the schema: what was released is never changed, and what an older server has written is there afterwards. */

import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tokenStore } from "../store/accounts/token-store.ts";
import { checkChain } from "../store/audit/chain-check.ts";
import { openDatabase } from "../store/database.ts";
import { EventStore } from "../store/estate/event-store.ts";
import { HostStore } from "../store/estate/host-store.ts";
import { MIGRATIONS, mainDatabase } from "./schema.ts";

const here = { directory: "" };
beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-schema-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const at = (steps: number) => {
  const spec = mainDatabase(join(here.directory, "bulkhead.db"));
  return openDatabase({ ...spec, migrations: spec.migrations.slice(0, steps) });
};

/** Add a line for a new step; a line that no longer fits means that a step was changed which servers have taken. */
const STEPS = [
  "88eb06c551a0136f",
  "7ce5829881e7812a",
  "0045ba2c9771c0d7",
  "1a71388e1cadc654",
  "5451dab6a2c14724",
  "a44af4a25c1c9c0b",
  "cdf25f5f13fb7880",
  "3470b004a2dfef06",
  "82f5985788e562c5",
];

test("no step differs from what it was", () => {
  expect(MIGRATIONS.map((sql) => createHash("sha256").update(sql).digest("hex").slice(0, 16))).toEqual(STEPS);
});

test("the store of the first server is brought up to date with all that is in it", () => {
  const first = at(1);
  first.exec(`INSERT INTO host (id, name, labels, blocks, addresses, joined_at)
    VALUES ('1', 'db-1', '{"role":"db"}', '["10.0.0.0/8"]', '["10.0.0.21"]', 1000);
    INSERT INTO certificate (serial, host, public_key, not_after) VALUES ('ab', '1', 'cd', 2000);
    INSERT INTO account (name, role, created_at) VALUES ('anna', 'administrator', 1000);
    INSERT INTO api_token (id, secret_hash, name, role, created_by, created_at, expires_at)
      VALUES ('a', x'00', 'ci', 'editor', 'anna', 1, 2), ('b', x'00', 'robot', 'editor', 'local', 1, 2)`);
  first.close();
  const database = at(MIGRATIONS.length);
  const hosts = new HostStore(database);
  expect(hosts.byName("db-1")).toMatchObject({ addresses: ["10.0.0.21"], lapsedAt: undefined });
  expect(hosts.hasCertificate({ serial: "ab", host: "1", publicKey: "cd" })).toBe(true);
  expect(hosts.generationOf("ab")).toBe(1);
  expect(tokenStore(database).list()).toMatchObject([{ account: "anna" }, { account: null }]);
  database.close();
});

test("the store of a newer server is refused, and stays as it is", () => {
  at(MIGRATIONS.length).close();
  expect(() => at(1)).toThrow(/schema version \d, this server knows 1/);
  at(MIGRATIONS.length).close();
});

test("a step that fails leaves the store at the step before", () => {
  at(1).close();
  const spec = mainDatabase(join(here.directory, "bulkhead.db"));
  const broken = [
    ...spec.migrations.slice(0, 1),
    "CREATE TABLE half (a TEXT) STRICT; INSERT INTO nowhere VALUES (1)",
  ];
  expect(() => openDatabase({ ...spec, migrations: broken })).toThrow(/nowhere/);
  const database = at(MIGRATIONS.length);
  expect(database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
  database.close();
});

test("the store and the files beside it are its owner's alone, also where an older server made them for all", () => {
  const modes = () =>
    readdirSync(here.directory).map((name) => [name, statSync(join(here.directory, name)).mode & 0o777]);
  const database = at(MIGRATIONS.length);
  const all = [
    ["bulkhead.db", 0o600],
    ["bulkhead.db-shm", 0o600],
    ["bulkhead.db-wal", 0o600],
  ];
  expect(modes()).toEqual(all);
  database.close();
  chmodSync(join(here.directory, "bulkhead.db"), 0o644);
  const again = at(MIGRATIONS.length);
  expect(modes()).toEqual(all);
  again.close();
});

test("events of a server that did not chain them are chained as they are found, and say so", () => {
  const older = at(4);
  const add = older.prepare("INSERT INTO event (at, kind, who, about, facts) VALUES (?, ?, ?, ?, '{}')");
  for (let moment = 1; moment <= 3; moment++) add.run(moment, "host-labelled", "añna", `db-${moment}`);
  older.close();
  const database = at(MIGRATIONS.length);
  expect(checkChain(database)).toMatchObject({ whole: true, entries: 4, unchained: 3 });
  const events = new EventStore(database);
  events.add({ at: 5, kind: "host-labelled", who: "anna", about: "db-4", facts: {} });
  expect(checkChain(database)).toMatchObject({ whole: true, entries: 5 });
  expect(events.latest({ most: 2 })[1]).toMatchObject({ kind: "audit-chain-begun", facts: { entries: 3 } });
  database.prepare("UPDATE event SET who = 'eve' WHERE id = 2").run();
  expect(checkChain(database).fault).toMatchObject({ number: 2 });
  database.close();
});

test("a new store begins with an empty chain", () => {
  const database = at(MIGRATIONS.length);
  expect(checkChain(database)).toMatchObject({ whole: true, entries: 0, unchained: 0 });
  database.close();
});
