import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA } from "../store/accounts/schema.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { type Accounts, accountsOf } from "./accounts.ts";
import { type Cost, Passwords } from "./password.ts";

const MINUTE = 60_000;
/** What a hash is worth is no matter here. */
const CHEAP: Cost = { memory: 64, passes: 1, parallelism: 1 };
const RIGHT = "correct horse battery";
const WRONG = "correct horse batterie";
const here: {
  directory: string;
  database: Database;
  accounts: Accounts;
  passwords: Passwords;
  now: number;
  told: string[];
} = {} as never;

beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-signing-in-"));
  here.database = openDatabase({
    path: join(here.directory, "server.db"),
    applicationId: 1,
    migrations: [ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA],
  });
  here.now = 1_800_000_000_000;
  here.told = [];
  open(new Passwords(CHEAP));
});
afterEach(() => {
  here.database.close();
  rmSync(here.directory, { recursive: true, force: true });
});

function open(passwords: Passwords): void {
  here.passwords = passwords;
  here.accounts = accountsOf({
    database: here.database,
    now: () => here.now,
    passwords,
    tell: ({ kind, about }) => here.told.push(`${kind} ${about}`),
  });
}

const anna = () => here.accounts.people.create({ name: "anna", role: "editor", password: RIGHT });

/** The session's principal, or the code of the refusal. */
async function attempt(password: string, account = "anna"): Promise<unknown> {
  try {
    const proof = { account, password, address: "192.0.2.1" };
    const { secret } = await here.accounts.signingIn.byPassword(proof);
    return here.accounts.authenticate({ kind: "session", secret, shownBy: "header" });
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test("who knows the password is signed in with the account's role, and it is told", async () => {
  await anna();
  expect(await attempt(RIGHT)).toMatchObject({ kind: "session", name: "anna", role: "editor" });
  expect(here.told).toEqual(["signed-in anna"]);
  expect(here.accounts.people.find("anna")).toMatchObject({ signedInAt: here.now, sessions: 1 });
});

test("unknown, without a password, disabled, locked, wrong: one answer, at the same cost", async () => {
  await anna();
  await here.accounts.people.create({ name: "linked", role: "viewer" });
  await here.accounts.people.create({ name: "gone", role: "viewer", password: RIGHT });
  here.accounts.people.disable("gone");
  await here.accounts.people.create({ name: "locked", role: "viewer", password: RIGHT });
  for (let count = 0; count < 10; count++) await attempt(WRONG, "locked");
  const messages = new Set<string>();
  for (const [account, password] of [
    ["nobody", RIGHT],
    ["linked", RIGHT],
    ["gone", RIGHT],
    ["locked", RIGHT],
    ["anna", WRONG],
  ] as const) {
    const before = here.passwords.made;
    const proof = { account, password, address: undefined };
    const error: Error & { code?: string } = await here.accounts.signingIn.byPassword(proof).then(
      () => new Error(`${account} was signed in`),
      (error) => error,
    );
    messages.add(`${error.code} ${error.message}`);
    expect([account, here.passwords.made - before]).toEqual([account, 1]);
  }
  expect([...messages]).toEqual([expect.stringMatching(/^server\/sign-in-refused /)]);
});

test("ten failures in a row lock an account, each later one for twice as long, and time or an administrator ends it", async () => {
  await anna();
  for (let count = 0; count < 9; count++) await attempt(WRONG);
  expect(await attempt(RIGHT)).toMatchObject({ name: "anna" });
  for (let count = 0; count < 10; count++) await attempt(WRONG);
  expect(here.told.filter((line) => line === "account-locked anna")).toHaveLength(1);
  expect(here.accounts.people.find("anna").lockedUntil).toBe(here.now + 15 * MINUTE);
  here.now += 15 * MINUTE - 1;
  expect(await attempt(RIGHT)).toBe("server/sign-in-refused");
  here.now += 1;
  expect(await attempt(WRONG)).toBe("server/sign-in-refused");
  expect(here.accounts.people.find("anna").lockedUntil).toBe(here.now + 30 * MINUTE);
  here.accounts.people.unlock("anna");
  expect(await attempt(RIGHT)).toMatchObject({ name: "anna" });
});

test("of many guesses at once ten are looked at", async () => {
  await anna();
  let looked = 0;
  const isRight = here.passwords.isRight.bind(here.passwords);
  here.passwords.isRight = async (password, kept) => {
    if (kept != null) looked++;
    return isRight(password, kept);
  };
  await Promise.all(Array.from({ length: 30 }, (_, at) => attempt(at === 29 ? RIGHT : WRONG)));
  expect(looked).toBe(10);
  expect(here.accounts.people.find("anna").sessions).toBe(0);
});

test("a password that was hashed at a lower cost is hashed anew when its owner signs in", async () => {
  await anna();
  open(new Passwords({ ...CHEAP, memory: 128, passes: 2 }));
  const kept = () => here.database.prepare("SELECT password FROM account WHERE name = 'anna'").pluck().get();
  expect(kept()).toContain("m=64,t=1,");
  await attempt(WRONG);
  expect(kept()).toContain("m=64,t=1,");
  expect(await attempt(RIGHT)).toMatchObject({ name: "anna" });
  expect(kept()).toContain("m=128,t=2,");
  expect(await attempt(RIGHT)).toMatchObject({ name: "anna" });
});

test("a new password ends all sessions but the one that is named, and sign-in links", async () => {
  const { people, sessions, makeSignInLink, signIn, authenticate } = here.accounts;
  await anna();
  const [first, second] = [
    sessions.open("anna", "password", "::1"),
    sessions.open("anna", "password", "::1"),
  ];
  const link = makeSignInLink("anna");
  await people.setPassword("anna", "another horse battery", first.id);
  expect(sessions.of("anna").map(({ id }) => id)).toEqual([first.id]);
  expect(authenticate({ kind: "session", secret: second.secret, shownBy: "cookie" })).toBeUndefined();
  expect(() => signIn(link.secret)).toThrow(expect.objectContaining({ code: "server/link-unusable" }));
  expect(await attempt(RIGHT)).toBe("server/sign-in-refused");
});

test("a role that is taken is taken from open sessions, and a disabled account has none", async () => {
  const { people, sessions, authenticate, makeSignInLink } = here.accounts;
  await anna();
  const { secret } = sessions.open("anna", "password", undefined);
  const shown = { kind: "session", secret, shownBy: "cookie" } as const;
  people.setRole("anna", "viewer");
  expect(authenticate(shown)?.role).toBe("viewer");
  people.disable("anna");
  expect(authenticate(shown)).toBeUndefined();
  expect(() => makeSignInLink("anna")).toThrow(expect.objectContaining({ code: "server/account-disabled" }));
  people.enable("anna");
  expect(authenticate(shown)).toBeUndefined();
  expect(await attempt(RIGHT)).toMatchObject({ role: "viewer" });
  people.remove("anna");
  expect(await attempt(RIGHT)).toBe("server/sign-in-refused");
});

test.each(["Anna", "", "a b", "local", "server", "-a", "a-", "ä", "x".repeat(65), "a\nb"])(
  "no account is called %j",
  async (name) => {
    await expect(here.accounts.people.create({ name, role: "viewer" })).rejects.toMatchObject({
      code: "server/invalid-request",
    });
  },
);

test("who may make policies active is not limited to segments", async () => {
  const { people } = here.accounts;
  const refused = expect.objectContaining({ code: "server/invalid-request" });
  await people.create({ name: "bob", role: "editor", scope: ["web"] });
  expect(() => people.setRole("bob", "approver")).toThrow(refused);
  people.setScope("bob", undefined);
  people.setRole("bob", "approver");
  expect(() => people.setScope("bob", ["web"])).toThrow(refused);
});

test("no password stands in the database's files", async () => {
  await anna();
  await attempt(RIGHT);
  const files = ["server.db", "server.db-wal"].map((name) =>
    readFileSync(join(here.directory, name), "latin1"),
  );
  expect(files.join("")).toContain("$argon2id$");
  expect(files.join("")).not.toContain(RIGHT);
});
