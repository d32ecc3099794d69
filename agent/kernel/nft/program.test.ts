import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { fakeProgram } from "../fixtures/fake-program.ts";
import { findProgram, programDirectories } from "./program.ts";

test("the system's directories are searched even where PATH lacks them, and relative ones never", () => {
  expect(programDirectories("/usr/local/bin:bin:.::/usr/bin")).toEqual([
    "/usr/local/bin",
    "/usr/bin",
    "/usr/sbin",
    "/sbin",
    "/bin",
  ]);
  expect(programDirectories(undefined)).toContain("/usr/sbin");
});

test("the first directory that has the program wins", () => {
  using first = fakeProgram("nft", "");
  using second = fakeProgram("nft", "");
  expect(findProgram("nft", ["/nowhere", first.directory, second.directory])).toBe(first.file);
  expect(findProgram("nft", ["/nowhere"])).toBeUndefined();
});

test.each([
  ["a program that others may write", "file", 0o757],
  ["a program that its group may write", "file", 0o775],
  ["a directory that others may write", "directory", 0o777],
  ["a file that is no program", "file", 0o644],
] as const)("%s is passed over", (_what, part, mode) => {
  using suspect = fakeProgram("nft", "");
  using good = fakeProgram("nft", "");
  chmodSync(suspect[part], mode);
  expect(findProgram("nft", [suspect.directory, good.directory])).toBe(good.file);
});

test("a directory of the program's name is passed over", () => {
  expect(findProgram("etc", ["/"])).toBeUndefined();
});
