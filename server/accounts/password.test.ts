import { expect, test } from "vitest";
import { COST, Passwords } from "./password.ts";
import { passwordProblem } from "./password-problem.ts";

const RIGHT = "correct horse battery";

test("a password is right and every other text is wrong, and its hash tells what it cost", async () => {
  const passwords = new Passwords();
  const kept = await passwords.hash(RIGHT);
  expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await passwords.isRight(RIGHT, kept)).toBe(true);
  for (const wrong of [`${RIGHT} `, RIGHT.toUpperCase(), ""])
    expect(await passwords.isRight(wrong, kept), wrong).toBe(false);
  expect(await passwords.hash(RIGHT)).not.toBe(kept);
});

test("a hash that the reference implementation's own tests expect is right", async () => {
  // phc-winner-argon2, src/test.c
  const kept = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  const passwords = new Passwords();
  expect(await passwords.isRight("password", kept)).toBe(true);
  expect(passwords.isOutdated(kept)).toBe(true);
});

test("the same text typed by another keyboard is the same password", async () => {
  const passwords = new Passwords();
  const kept = await passwords.hash("schöne neue Welt".normalize("NFD"));
  expect(await passwords.isRight("schöne neue Welt".normalize("NFC"), kept)).toBe(true);
});

test("where there is no hash, as much is computed as where there is one", async () => {
  const passwords = new Passwords();
  const kept = await passwords.hash(RIGHT);
  const before = passwords.made;
  expect(await passwords.isRight(RIGHT, undefined)).toBe(false);
  expect(await passwords.isRight(RIGHT, null)).toBe(false);
  expect(passwords.made - before).toBe(2);
  expect(await passwords.isRight(RIGHT, kept)).toBe(true);
});

test("a hash of another cost is outdated, and still right", async () => {
  const cheap = await new Passwords({ ...COST, memory: 8_192 }).hash(RIGHT);
  const passwords = new Passwords();
  expect(passwords.isOutdated(cheap)).toBe(true);
  expect(passwords.isOutdated(await passwords.hash(RIGHT))).toBe(false);
  expect(await passwords.isRight(RIGHT, cheap)).toBe(true);
});

test("of a flood of attempts a bounded number waits, and the rest is told to come again", async () => {
  const passwords = new Passwords({ memory: 64, passes: 1, parallelism: 1 });
  const told = await Promise.allSettled(
    Array.from({ length: 40 }, () => passwords.isRight(RIGHT, undefined)),
  );
  const refused = told.filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(6);
  expect(refused.every(({ reason }) => reason.code === "server/overloaded")).toBe(true);
  expect(await passwords.isRight(RIGHT, await passwords.hash(RIGHT))).toBe(true);
});

test.each([
  ["short", "at least 12 characters; this one has 5"],
  ["x".repeat(257), "at most 256"],
  ["abababababababab", "few different characters"],
  ["anna-and-something", "account's name"],
])("%s is not taken as a password", (password, why) => {
  expect(passwordProblem(password, "anna")).toContain(why);
});

test("a few words are taken as a password", () => {
  expect(passwordProblem(RIGHT, "anna")).toBeUndefined();
});
