import { expect, test } from "vitest";
import { isJournal } from "./journal.ts";

test("standard output is the journal where systemd says so of this very file", () => {
  expect(isJournal("9:4711", { dev: 9, ino: 4711 })).toBe(true);
  expect(isJournal("9:4711", { dev: 9, ino: 4712 })).toBe(false);
  expect(isJournal(undefined)).toBe(false);
});
