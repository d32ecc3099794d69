import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA } from "../store/accounts/schema.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { type Accounts, accountsOf } from "./accounts.ts";
import { isEnough, ROLES } from "./role.ts";

const HOUR = 3_600_000;
const FINGERPRINT = "ab".repeat(32);
const here: { directory: string; database: Database; accounts: Accounts; now: number } = {} as never;

beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-accounts-"));
  here.database = openDatabase({
    path: join(here.directory, "server.db"),
    applicationId: 1,
    migrations: [ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA],
  });
  here.now = 1_800_000_000_000;
  here.accounts = accountsOf({
    database: here.database,
    now: () => here.now,
    fingerprint: () => FINGERPRINT,
  });
});
afterEach(() => {
  here.database.close();
  rmSync(here.directory, { recursive: true, force: true });
});

function newToken(name = "deploy") {
  return here.accounts.createToken({ name, role: "editor", expiresAt: here.now + HOUR, by: "local" });
}

function bearer(token: string) {
  return here.accounts.authenticate({ kind: "token", token });
}

test("a role may do what those before it may, and no more", () => {
  const table = ROLES.map((has) => ROLES.map((needed) => (isEnough(has, needed) ? "x" : ".")).join(""));
  expect(table).toEqual(["x...", "xx..", "xxx.", "xxxx"]);
});

test("a token proves its name and role until it ends", () => {
  const { text } = newToken();
  expect(text).toMatch(new RegExp(`^bulkhead-api-1\\.[\\w-]{11}\\.[\\w-]{43}\\.${FINGERPRINT}$`));
  expect(bearer(text)).toEqual({ kind: "token", name: "deploy", role: "editor" });
  here.now += HOUR - 1;
  expect(bearer(text)).toBeDefined();
  here.now += 1;
  expect(bearer(text)).toBeUndefined();
});

test("a token with one wrong character, or without its form, proves nothing", () => {
  const { text } = newToken();
  const [head = "", id = "", secret = ""] = text.split(".");
  const wrong = `${secret.startsWith("A") ? "B" : "A"}${secret.slice(1)}`;
  expect(bearer(`${head}.${id}.${secret}`)).toBeDefined();
  for (const bad of [
    `${head}.${id}.${wrong}`,
    `${head}.AAAAAAAAAAA.${secret}`,
    `${head}.${id}.`,
    "",
    `${text} `,
  ])
    expect(bearer(bad), bad).toBeUndefined();
});

test("a revoked token proves nothing, stays in the list, and gives its name free", () => {
  const { id, text } = newToken();
  expect(() => newToken()).toThrow(expect.objectContaining({ code: "server/name-taken" }));
  here.accounts.revokeToken(id);
  expect(bearer(text)).toBeUndefined();
  expect(here.accounts.tokens()).toMatchObject([{ id, revokedAt: here.now }]);
  expect(() => here.accounts.revokeToken(id)).toThrow(
    expect.objectContaining({ code: "server/unknown-token" }),
  );
  newToken();
});

test("a token that would end in the past is refused", () => {
  const past = { name: "late", role: "viewer", expiresAt: here.now, by: "local" } as const;
  expect(() => here.accounts.createToken(past)).toThrow(
    expect.objectContaining({ code: "server/invalid-request" }),
  );
});

test("when a token was used is known to the minute", () => {
  const { text } = newToken();
  expect(here.accounts.tokens()[0]?.lastUsedAt).toBeNull();
  const first = here.now;
  bearer(text);
  here.now += 59_999;
  bearer(text);
  expect(here.accounts.tokens()[0]?.lastUsedAt).toBe(first);
  here.now += 1;
  bearer(text);
  expect(here.accounts.tokens()[0]?.lastUsedAt).toBe(here.now);
});

test("a link opens one session, which ends after 12 hours", () => {
  const link = here.accounts.makeSignInLink();
  const session = here.accounts.signIn(link.secret);
  const shown = { kind: "session", secret: session.secret, shownBy: "cookie" } as const;
  expect(here.accounts.authenticate(shown)).toEqual({
    kind: "session",
    account: "administrator",
    method: "link",
    name: "administrator",
    role: "administrator",
    session: session.id,
  });
  expect(() => here.accounts.signIn(link.secret)).toThrow(
    expect.objectContaining({ code: "server/link-unusable" }),
  );
  here.now += 12 * HOUR - 1;
  expect(here.accounts.authenticate(shown)).toBeDefined();
  here.now += 1;
  expect(here.accounts.authenticate(shown)).toBeUndefined();
});

test("a link ends after an hour, and with the next one", () => {
  const late = here.accounts.makeSignInLink();
  here.now += HOUR;
  expect(() => here.accounts.signIn(late.secret)).toThrow(
    expect.objectContaining({ code: "server/link-unusable" }),
  );
  const first = here.accounts.makeSignInLink();
  const second = here.accounts.makeSignInLink();
  expect(() => here.accounts.signIn(first.secret)).toThrow(
    expect.objectContaining({ code: "server/link-unusable" }),
  );
  here.accounts.signIn(second.secret);
});

test("who has signed out is nobody", () => {
  const { secret } = here.accounts.signIn(here.accounts.makeSignInLink().secret);
  here.accounts.signOut(secret);
  expect(here.accounts.authenticate({ kind: "session", secret, shownBy: "cookie" })).toBeUndefined();
});

test("no secret stands in the database's files", () => {
  const link = here.accounts.makeSignInLink();
  const session = here.accounts.signIn(here.accounts.makeSignInLink().secret);
  const { text } = newToken();
  const files = ["server.db", "server.db-wal"].map((name) =>
    readFileSync(join(here.directory, name), "latin1"),
  );
  const [, id = "", secret = ""] = text.split(".");
  expect(files.join("")).toContain(id);
  for (const hidden of [link.secret, session.secret, secret]) expect(files.join("")).not.toContain(hidden);
});
