import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA } from "../store/accounts/schema.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { type Accounts, accountsOf } from "./accounts.ts";
import { Passwords } from "./password.ts";
import { codeOf, stepAt } from "./totp.ts";

const RIGHT = "correct horse battery";
const HALF_MINUTE = 30_000;
const here: { directory: string; database: Database; accounts: Accounts; now: number } = {} as never;

beforeEach(async () => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-second-factor-"));
  here.database = openDatabase({
    path: join(here.directory, "server.db"),
    applicationId: 1,
    migrations: [ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA],
  });
  here.now = 1_800_000_000_000;
  here.accounts = accountsOf({
    database: here.database,
    now: () => here.now,
    passwords: new Passwords({ memory: 64, passes: 1, parallelism: 1 }),
  });
  await here.accounts.people.create({ name: "anna", role: "editor", password: RIGHT });
});
afterEach(() => {
  here.database.close();
  rmSync(here.directory, { recursive: true, force: true });
});

/** What an authenticator does with the text that it was given. */
function authenticator(base32: string) {
  const bits = [...base32].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  const secret = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  return (away = 0) => codeOf(secret, stepAt(here.now) + away);
}

function enrol() {
  const { secondFactors } = here.accounts;
  const shows = authenticator(secondFactors.offer("anna").secret);
  return { shows, codes: secondFactors.confirm("anna", shows()) };
}

async function attempt(code?: string): Promise<string> {
  const proof = { account: "anna", password: RIGHT, code, address: undefined };
  return here.accounts.signingIn.byPassword(proof).then(
    () => "in",
    (error) => error.code,
  );
}

test("from the first code on, the password alone is not enough", async () => {
  expect(await attempt()).toBe("in");
  const { secondFactors } = here.accounts;
  const shows = authenticator(secondFactors.offer("anna").secret);
  expect(await attempt()).toBe("in");
  secondFactors.confirm("anna", shows());
  expect(await attempt()).toBe("server/code-needed");
  here.now += HALF_MINUTE;
  expect(await attempt(shows())).toBe("in");
});

test("no code is good twice, neither the one of the enrolment nor one of a step before it", async () => {
  const { shows } = enrol();
  expect(await attempt(shows())).toBe("server/sign-in-refused");
  here.now += 2 * HALF_MINUTE;
  const [before, code] = [shows(-1), shows()];
  expect(await attempt(code)).toBe("in");
  expect(await attempt(code)).toBe("server/sign-in-refused");
  expect(await attempt(before)).toBe("server/sign-in-refused");
  expect(await attempt(shows(1))).toBe("in");
});

test("two that show the same code at once are one", async () => {
  const { shows } = enrol();
  here.now += HALF_MINUTE;
  const code = shows();
  expect((await Promise.all([attempt(code), attempt(code)])).sort()).toEqual([
    "in",
    "server/sign-in-refused",
  ]);
});

test("each recovery code is good once, however it is typed, and for its own account alone", async () => {
  const { codes } = enrol();
  expect(codes).toHaveLength(10);
  expect(new Set(codes).size).toBe(10);
  const [first = "", second = ""] = codes;
  expect(first).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
  expect(await attempt(first.toLowerCase().replaceAll("-", " "))).toBe("in");
  expect(await attempt(first)).toBe("server/sign-in-refused");
  expect(here.accounts.people.find("anna").recoveryCodes).toBe(9);
  await here.accounts.people.create({ name: "bob", role: "viewer", password: RIGHT });
  expect(here.accounts.secondFactors.take("bob", second)).toBe(false);
  expect(await attempt(second)).toBe("in");
});

test("guessing codes locks the account, and a right password in between does not begin anew", async () => {
  const { shows } = enrol();
  here.now += HALF_MINUTE;
  for (let count = 0; count < 10; count++) {
    expect(await attempt("000000")).toBe("server/sign-in-refused");
    if (count < 9) expect(await attempt()).toBe("server/code-needed");
  }
  expect(await attempt()).toBe("server/sign-in-refused");
  expect(await attempt(shows())).toBe("server/sign-in-refused");
  here.accounts.people.unlock("anna");
  expect(await attempt(shows())).toBe("in");
});

test("asking for the code at the edge of the lock locks nobody", async () => {
  const { shows } = enrol();
  here.now += HALF_MINUTE;
  for (let count = 0; count < 9; count++) await attempt("000000");
  expect(await attempt()).toBe("server/code-needed");
  expect(await attempt(shows())).toBe("in");
});

test("a secret that was not confirmed within a quarter of an hour is of no use, and another can be had", () => {
  const { secondFactors } = here.accounts;
  const shows = authenticator(secondFactors.offer("anna").secret);
  here.now += 15 * 60_000;
  expect(() => secondFactors.confirm("anna", shows())).toThrow(
    expect.objectContaining({ code: "server/code-wrong" }),
  );
  const next = authenticator(secondFactors.offer("anna").secret);
  expect(secondFactors.confirm("anna", next())).toHaveLength(10);
});

test("a second factor that is there is not put aside by another", () => {
  const { shows } = enrol();
  const taken = expect.objectContaining({ code: "server/second-factor-there" });
  expect(() => here.accounts.secondFactors.offer("anna")).toThrow(taken);
  expect(() => here.accounts.secondFactors.confirm("anna", shows(1))).toThrow(taken);
});

test("an administrator takes away what is lost, and with it its recovery codes and the sessions", async () => {
  const { codes } = enrol();
  expect(await attempt(codes[0])).toBe("in");
  const account = here.accounts.people.resetSecondFactor("anna");
  expect(account).toMatchObject({ hasSecondFactor: false, recoveryCodes: 0, sessions: 0 });
  expect(await attempt()).toBe("in");
});

test("no recovery code stands in the database's files", () => {
  const { codes } = enrol();
  const files = ["server.db", "server.db-wal"].map((name) =>
    readFileSync(join(here.directory, name), "latin1"),
  );
  for (const code of codes) {
    expect(files.join("")).not.toContain(code);
    expect(files.join("")).not.toContain(code.replaceAll("-", ""));
  }
});
