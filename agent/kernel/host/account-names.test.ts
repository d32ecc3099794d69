import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AccountNames } from "./account-names.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-passwd-"));
  file = join(directory, "passwd");
});
afterEach(() => rmSync(directory, { recursive: true }));

test("the first account with a uid names it; a uid of no account is its number", () => {
  writeFileSync(file, "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n");
  const names = new AccountNames(file);
  expect([names.nameOf(0), names.nameOf(70)]).toEqual(["root", "70"]);
});

test("an account that is made later is known when the file is looked at again", () => {
  let time = 0;
  writeFileSync(file, "root:x:0:0::/root:/bin/sh\n");
  const names = new AccountNames(file, () => time);
  expect(names.nameOf(70)).toBe("70");
  writeFileSync(file, "root:x:0:0::/root:/bin/sh\npostgres:x:70:70::/:/bin/sh\n");
  expect(names.nameOf(70)).toBe("70");
  time = 1000;
  expect(names.nameOf(70)).toBe("postgres");
});

test("without the file accounts are numbers", () => {
  expect(new AccountNames(file).nameOf(0)).toBe("0");
});
