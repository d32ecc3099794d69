import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "./database.ts";

const directory = mkdtempSync(join(tmpdir(), "bulkhead-database-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const specOf = (name: string) => ({
  path: join(directory, name),
  applicationId: 7,
  migrations: ["CREATE TABLE word (text TEXT) STRICT"],
});

test("a store is for its owner alone, with the files beside it, also one that others could read before", () => {
  const spec = specOf("own.db");
  const database = openDatabase(spec);
  database.exec("INSERT INTO word VALUES ('secret')");
  const files = ["", "-wal", "-shm"].map((end) => `${spec.path}${end}`);
  for (const file of files) expect((statSync(file).mode & 0o777).toString(8), file).toBe("600");
  database.close();
});

test("one whose making was cut off is made anew; an empty file of its name is one that was lost, and refused", () => {
  const cut = specOf("cut.db");
  writeFileSync(`${cut.path}.begun`, "");
  openDatabase(cut).close();
  expect(existsSync(`${cut.path}.begun`)).toBe(false);
  const lost = specOf("lost.db");
  writeFileSync(lost.path, "");
  expect(() => openDatabase(lost)).toThrow(/is not a database of ours/);
});

test("in memory each is its own, and nothing lies in the folder", () => {
  openDatabase({ ...specOf("no.db"), path: ":memory:" }).close();
  expect(existsSync(":memory:")).toBe(false);
});
