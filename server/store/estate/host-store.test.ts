import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostState } from "@bulkhead/shared/protocol/messages.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "../database.ts";
import { HostStore } from "./host-store.ts";
import { ESTATE_STEPS } from "./schema.ts";

let directory: string;
let database: Database;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-hosts-"));
  database = open();
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(): Database {
  return openDatabase({ path: join(directory, "hosts.db"), applicationId: 1, migrations: ESTATE_STEPS });
}

const STATE = { version: 3, kernel: "holds" } as HostState;

function add(store: HostStore, id: string, ...addresses: readonly string[]): void {
  const labels = { role: "web" };
  store.add({ id, name: `name-${id}`, labels, blocks: ["10.0.0.0/8"], addresses, joinedAt: 1, token: "t" });
}

/** What a server that starts now would know. */
function onDisk(): ReturnType<HostStore["all"]> {
  using store = new HostStore(database);
  return store.all();
}

test("what is decided is on disk at once, and every reading says the same as the disk", () => {
  using store = new HostStore(database);
  for (const id of ["b", "a", "c"]) add(store, id, `10.0.0.${id.charCodeAt(0)}`);
  store.setLabels("a", { role: "db" });
  store.setAddresses("a", ["10.0.0.1", "10.0.0.2"]);
  store.setIsolated("b", ["192.0.2.0/24"]);
  store.setIsolated("a", ["192.0.2.0/24"]);
  store.setIsolated("a", undefined);
  store.setRevoked("b", 7);
  store.remove("c");
  expect(onDisk()).toEqual(store.all());
  expect(store.all().map(({ id }) => id)).toEqual(["a", "b"]);
  expect(store.byName("name-a")).toEqual(store.byId("a"));
  expect([store.byName("name-c"), store.byId("c")]).toEqual([undefined, undefined]);
});

test("who has an address is known through every change of addresses", () => {
  using store = new HostStore(database);
  add(store, "a", "10.0.0.1");
  add(store, "b", "10.0.0.1", "10.0.0.2");
  const holders = (address: string) => store.byAddress(address).map(({ id }) => id);
  expect([holders("10.0.0.1"), holders("10.0.0.2"), holders("10.0.0.3")]).toEqual([["a", "b"], ["b"], []]);
  store.setAddresses("b", ["10.0.0.3"]);
  expect([holders("10.0.0.1"), holders("10.0.0.2"), holders("10.0.0.3")]).toEqual([["a"], [], ["b"]]);
  store.remove("a");
  expect(holders("10.0.0.1")).toEqual([]);
});

test("what a host says is read at once, and is on disk when it is flushed", () => {
  const store = new HostStore(database);
  add(store, "a", "10.0.0.1");
  store.setState("a", STATE, 5);
  store.setSeen("a", 6);
  expect(store.byId("a")).toMatchObject({ state: STATE, stateAt: 5, seenAt: 6 });
  // Control: until then a server that was killed would not know it.
  expect(onDisk()[0]).toMatchObject({ state: undefined, seenAt: undefined });
  store.flush();
  expect(onDisk()).toEqual(store.all());
  store.setSeen("a", 9);
  store[Symbol.dispose]();
  expect(onDisk()[0]?.seenAt).toBe(9);
});

test("what a host says is forgotten with the host", () => {
  using store = new HostStore(database);
  add(store, "a", "10.0.0.1");
  store.setSeen("a", 6);
  store.remove("a");
  store.setState("a", STATE, 5);
  store.flush();
  expect(onDisk()).toEqual([]);
});
