/** People before a real server: signing in over HTTPS, lock-outs, sessions, what another site can make a browser do. */

import { COST, Passwords } from "@bulkhead/server/accounts/password.ts";
import { stepAt, codeOf as totpOf } from "@bulkhead/server/accounts/totp.ts";
import { accountRoutes } from "@bulkhead/server/api/account-routes.ts";
import { ownAccountRoutes } from "@bulkhead/server/api/own-account-routes.ts";
import type { ApiParts } from "@bulkhead/server/api/parts.ts";
import { signInRoutes } from "@bulkhead/server/api/sign-in-routes.ts";
import {
  codeOf,
  type RunningServer,
  type RunOptions,
  runServer,
  type Told,
} from "@bulkhead/server/http/testing/running-server.ts";
import { expect, test } from "vitest";

const RIGHT = "correct horse battery";
const WRONG = "correct horse batterie";
const SIGN_IN = "/api/v1/sign-in";

interface Noted {
  readonly kind: string;
  readonly who: string;
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

async function run(options: RunOptions = {}): Promise<RunningServer & { readonly noted: Noted[] }> {
  const noted: Noted[] = [];
  const note = (event: Noted) => void noted.push(event);
  const at = await runServer({
    passwords: new Passwords({ ...COST, memory: 64 }),
    tell: note,
    routesOf: (accounts) => {
      const parts = { accounts, note, apiUrl: () => "https://bulkhead.example" } as unknown as ApiParts;
      return [...signInRoutes(parts), ...accountRoutes(parts), ...ownAccountRoutes(parts)];
    },
    ...options,
  });
  return Object.assign(at, { noted });
}

const post = (
  at: RunningServer,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
) => at.overTls({ method: "POST", path, body: JSON.stringify(body), headers });

const ownPage = (at: RunningServer, cookie?: string) => ({
  "x-bulkhead": "1",
  origin: `https://127.0.0.1:${at.server.port}`,
  ...(cookie !== undefined && { cookie }),
});

const json = <T>({ text }: Told): T => JSON.parse(text);

/** The cookie of a browser that signs in. */
async function signIn(at: RunningServer, account: string, more: object = {}): Promise<string> {
  const told = await post(at, SIGN_IN, { account, password: RIGHT, keep: "cookie", ...more }, ownPage(at));
  if (told.status !== 200) throw new Error(told.text);
  return told.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

test("an account made by an administrator signs in, by cookie in a browser and by a token elsewhere", async () => {
  await using at = await run();
  const token = at.token("administrator");
  const made = await at.overTls({
    method: "POST",
    path: "/api/v1/accounts",
    token,
    body: JSON.stringify({ name: "anna", role: "editor", password: RIGHT }),
  });
  expect([made.status, made.text.includes(RIGHT)]).toEqual([200, false]);
  const browser = await post(at, SIGN_IN, { account: "anna", password: RIGHT, keep: "cookie" }, ownPage(at));
  expect(json(browser)).toMatchObject({ name: "anna", role: "editor", token: null });
  const setCookie = browser.headers["set-cookie"]?.[0] ?? "";
  expect(setCookie).toMatch(
    /^__Host-bulkhead=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
  );
  const cookie = setCookie.split(";")[0] ?? "";
  const me = await at.overTls({ path: "/api/v1/me", headers: { cookie } });
  expect(json(me)).toEqual({ kind: "session", name: "anna", role: "editor", scope: null });
  const program = await post(at, SIGN_IN, { account: "anna", password: RIGHT, keep: "token" });
  expect(program.headers["set-cookie"]).toBeUndefined();
  const session = json<{ token: string }>(program).token;
  expect(json(await at.overTls({ path: "/api/v1/me", token: session }))).toMatchObject({ name: "anna" });
  expect((await at.overTls({ method: "POST", path: "/api/v1/signout", token: session })).status).toBe(204);
  expect((await at.overTls({ path: "/api/v1/me", token: session })).status).toBe(401);
  expect(at.noted.map(({ kind, who, about }) => `${who}: ${kind} ${about}`)).toEqual([
    "administrator 1: account-made anna",
    "anna: signed-in anna",
    "anna: signed-in anna",
    "anna: signed-out anna",
  ]);
});

test("another site can make no browser sign in, and none that has signed in do anything", async () => {
  await using at = await run();
  await at.accounts.people.create({ name: "anna", role: "administrator", password: RIGHT });
  const body = { account: "anna", password: RIGHT, keep: "cookie" };
  for (const headers of [
    {},
    { "x-bulkhead": "1", origin: "https://evil.example" },
    { ...ownPage(at), "sec-fetch-site": "cross-site" },
  ] as Record<string, string>[]) {
    const told = await post(at, SIGN_IN, body, headers);
    expect([told.status, codeOf(told), told.headers["set-cookie"]]).toEqual([
      403,
      "server/cross-site",
      undefined,
    ]);
  }
  const cookie = await signIn(at, "anna");
  const forged = await post(at, "/api/v1/accounts", { name: "eve", role: "administrator" }, { cookie });
  expect([forged.status, codeOf(forged)]).toEqual([403, "server/cross-site"]);
  // The token of a session is shown on purpose, so no page of another site bears it.
  const { token } = json<{ token: string }>(await post(at, SIGN_IN, { ...body, keep: "token" }));
  expect(
    (await post(at, "/api/v1/accounts/anna/unlock", {}, { authorization: `Bearer ${token}` })).status,
  ).toBe(200);
  expect(at.accounts.sessions.of("anna")).toHaveLength(2);
});

test("an account is locked over the network, tells so in the history, and an administrator lifts it", async () => {
  await using at = await run({ rates: { attempts: 1_000 } });
  await at.accounts.people.create({ name: "anna", role: "viewer", password: RIGHT });
  for (let count = 0; count < 12; count++)
    expect(codeOf(await post(at, SIGN_IN, { account: "anna", password: WRONG, keep: "token" }))).toBe(
      "server/sign-in-refused",
    );
  const kinds = at.noted.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === "sign-in-failed")).toHaveLength(10);
  expect(kinds.at(-1)).toBe("account-locked");
  expect(at.noted[0]).toMatchObject({ who: "anyone", about: "anna", facts: { address: "127.0.0.1" } });
  const right = { account: "anna", password: RIGHT, keep: "token" };
  expect((await post(at, SIGN_IN, right)).status).toBe(403);
  const asAdministrator = { method: "POST", token: at.token("administrator") };
  const lifted = await at.overTls({ ...asAdministrator, path: "/api/v1/accounts/anna/unlock" });
  expect(json(lifted)).toMatchObject({ lockedUntil: null });
  expect((await post(at, SIGN_IN, right)).status).toBe(200);
  expect(at.journal.join("")).not.toMatch(/horse/);
});

test("attempts from one address are bounded before anything is looked at, right ones too", async () => {
  await using at = await run({ rates: { attempts: 3 } });
  await at.accounts.people.create({ name: "anna", role: "viewer", password: RIGHT });
  const statuses = [];
  for (const password of [WRONG, WRONG, WRONG, RIGHT])
    statuses.push((await post(at, SIGN_IN, { account: "anna", password, keep: "token" })).status);
  expect(statuses).toEqual([403, 403, 403, 429]);
  const local = await at.overSocket({
    method: "POST",
    path: SIGN_IN,
    body: JSON.stringify({ account: "anna", password: RIGHT, keep: "token" }),
  });
  expect(local.status).toBe(200);
});

test("one sees one's own sessions and ends them, and an administrator those of others", async () => {
  await using at = await run();
  await at.accounts.people.create({ name: "anna", role: "viewer", password: RIGHT });
  await at.accounts.people.create({ name: "bob", role: "viewer", password: RIGHT });
  const [first, second] = [await signIn(at, "anna"), await signIn(at, "anna")];
  const bobs = await signIn(at, "bob");
  const list = async (cookie: string) =>
    json<{ id: string; isThis: boolean }[]>(
      await at.overTls({ path: "/api/v1/me/sessions", headers: { cookie } }),
    );
  const mine = await list(first);
  expect(mine.map(({ isThis }) => isThis).sort()).toEqual([false, true]);
  const end = (cookie: string, id: string) =>
    at.overTls({ method: "DELETE", path: `/api/v1/me/sessions/${id}`, headers: ownPage(at, cookie) });
  const [bob] = await list(bobs);
  expect(codeOf(await end(first, bob?.id ?? ""))).toBe("server/unknown-session");
  const other = mine.find(({ isThis }) => !isThis)?.id ?? "";
  expect((await end(first, other)).status).toBe(200);
  const status = async (cookie: string) =>
    (await at.overTls({ path: "/api/v1/me", headers: { cookie } })).status;
  expect([await status(first), await status(second), await status(bobs)]).toEqual([200, 401, 200]);
  await at.overTls({
    method: "DELETE",
    path: `/api/v1/accounts/bob/sessions/${bob?.id}`,
    token: at.token("administrator"),
  });
  expect(await status(bobs)).toBe(401);
});

test("who signed in by a link chooses a password; who signed in by one has to show it", async () => {
  await using at = await run();
  await at.accounts.people.create({ name: "anna", role: "viewer" });
  const made = await at.overTls({
    method: "POST",
    path: "/api/v1/accounts/anna/sign-in-links",
    token: at.token("administrator"),
  });
  const { url } = json<{ url: string }>(made);
  expect(url).toMatch(/^https:\/\/bulkhead\.example\/signin\/[\w-]{43}$/);
  const opened = await at.overTls({ path: new URL(url).pathname });
  const byLink = opened.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  const put = (cookie: string, body: object) =>
    at.overTls({
      method: "PUT",
      path: "/api/v1/me/password",
      headers: ownPage(at, cookie),
      body: JSON.stringify(body),
    });
  expect((await put(byLink, { next: RIGHT })).status).toBe(200);
  const cookie = await signIn(at, "anna");
  const next = "another horse battery";
  expect(codeOf(await put(cookie, { next }))).toBe("server/sign-in-refused");
  expect(codeOf(await put(cookie, { next, password: WRONG }))).toBe("server/sign-in-refused");
  expect(codeOf(await put(cookie, { next: "short", password: RIGHT }))).toBe("server/password-refused");
  expect((await put(cookie, { next, password: RIGHT })).status).toBe(200);
  expect((await at.overTls({ path: "/api/v1/me", headers: { cookie } })).status).toBe(200);
  expect((await at.overTls({ path: "/api/v1/me", headers: { cookie: byLink } })).status).toBe(401);
});

test("nobody takes their own rights away, and a token has no account", async () => {
  await using at = await run();
  await at.accounts.people.create({ name: "anna", role: "administrator", password: RIGHT });
  const headers = ownPage(at, await signIn(at, "anna"));
  const path = "/api/v1/accounts/anna";
  for (const asked of [
    { method: "DELETE", path },
    { method: "POST", path: `${path}/disable` },
    { method: "PUT", path: `${path}/role`, body: '{"role":"viewer"}' },
  ])
    expect(codeOf(await at.overTls({ ...asked, headers }))).toBe("server/invalid-request");
  const told = await at.overTls({ path: "/api/v1/me/account", token: at.token("viewer") });
  expect(codeOf(told)).toBe("server/invalid-request");
});

test("a second factor is made, asked for, and taken away, each time with the password", async () => {
  await using at = await run();
  await at.accounts.people.create({ name: "anna", role: "viewer", password: RIGHT });
  const headers = ownPage(at, await signIn(at, "anna"));
  const path = "/api/v1/me/second-factor";
  expect(codeOf(await post(at, path, { password: WRONG }, headers))).toBe("server/sign-in-refused");
  const { secret, uri } = json<{ secret: string; uri: string }>(
    await post(at, path, { password: RIGHT }, headers),
  );
  expect(uri).toContain(`otpauth://totp/Bulkhead:anna?secret=${secret}&`);
  expect(codeOf(await post(at, `${path}/confirm`, { code: "000000" }, headers))).toBe("server/code-wrong");
  const shows = () => totpOf(bytesOf(secret), stepAt(at.clock.now));
  const { recoveryCodes } = json<{ recoveryCodes: string[] }>(
    await post(at, `${path}/confirm`, { code: shows() }, headers),
  );
  const proof = { account: "anna", password: RIGHT, keep: "token" };
  const needed = await post(at, SIGN_IN, proof);
  expect([needed.status, codeOf(needed)]).toEqual([403, "server/code-needed"]);
  expect((await post(at, SIGN_IN, { ...proof, code: recoveryCodes[0] })).status).toBe(200);
  at.clock.now += 30_000;
  expect((await post(at, SIGN_IN, { ...proof, code: shows() })).status).toBe(200);
  const remove = `${path}/remove`;
  expect(codeOf(await post(at, remove, { password: RIGHT }, headers))).toBe("server/code-needed");
  const last = { password: RIGHT, code: recoveryCodes[1] };
  expect(json(await post(at, remove, last, headers))).toMatchObject({ hasSecondFactor: false });
  expect((await post(at, SIGN_IN, proof)).status).toBe(200);
});

function bytesOf(base32: string): Buffer {
  const bits = [...base32].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  return Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
