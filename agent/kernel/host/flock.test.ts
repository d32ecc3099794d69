import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inheritable, tryFlock } from "./flock.ts";

const place = { directory: "" };
beforeEach(() => {
  place.directory = mkdtempSync(join(tmpdir(), "bulkhead-flock-"));
});
afterEach(() => rmSync(place.directory, { recursive: true }));

function open(): number {
  return openSync(join(place.directory, "lock"), "a");
}

test("a lock is one holder's until it is closed", () => {
  const [first, second] = [open(), open()];
  expect(tryFlock(first)).toBe(true);
  expect(tryFlock(first)).toBe(true);
  expect(tryFlock(second)).toBe(false);
  closeSync(first);
  expect(tryFlock(second)).toBe(true);
  closeSync(second);
});

test("a program that inherits the descriptor holds the lock until it ends as well", async () => {
  const [first, second] = [open(), open()];
  tryFlock(first);
  inheritable(first);
  const child = spawn("cat", { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write("begun");
  await once(child.stdout, "data");
  closeSync(first);
  expect(tryFlock(second)).toBe(false);
  child.stdin.end();
  await once(child, "close");
  expect(tryFlock(second)).toBe(true);
  closeSync(second);
});

test("what cannot be locked is an error, not a lock", () => {
  expect(() => tryFlock(99_999)).toThrow(/flock failed/);
});
