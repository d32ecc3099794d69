import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { ROLES } from "../accounts/role.ts";
import { route } from "./route.ts";
import { codeOf, type RunningServer, runServer } from "./testing/running-server.ts";

const Who = z.strictObject({ name: z.string(), kind: z.string() });
const routes = ROLES.flatMap((role) =>
  (["GET", "POST"] as const).map((method) =>
    route({
      method,
      path: `/api/v1/for/${role}`,
      role,
      summary: "a test",
      answer: Who,
      handler: ({ principal: { name, kind } }) => ({ name, kind }),
    }),
  ),
);

/** A cookie of a session, got as a browser gets it. */
async function signIn({ accounts, overTls }: RunningServer): Promise<{ cookie: string; setCookie: string }> {
  const { headers, status } = await overTls({ path: `/signin/${accounts.makeSignInLink().secret}` });
  expect([status, headers.location]).toEqual([303, "/"]);
  const setCookie = headers["set-cookie"]?.[0] ?? "";
  return { cookie: setCookie.split(";")[0] ?? "", setCookie };
}

test("each role reaches what it may and nothing else; a stranger reaches nothing", async () => {
  await using at = await runServer({ routes });
  const table: string[] = [];
  for (const has of [...ROLES, undefined]) {
    const token = has && at.token(has);
    const told = await Promise.all(
      ROLES.map((role) => at.overTls({ path: `/api/v1/for/${role}`, ...(token !== undefined && { token }) })),
    );
    table.push(told.map(({ status }) => status).join(" "));
  }
  expect(table).toEqual([
    "200 403 403 403",
    "200 200 403 403",
    "200 200 200 403",
    "200 200 200 200",
    "401 401 401 401",
  ]);
});

test("the socket in the data directory is its owner's alone, and whoever opens it is the administrator", async () => {
  await using at = await runServer({ routes });
  expect(statSync(at.socketPath).mode & 0o777).toBe(0o600);
  const told = await at.overSocket({ method: "POST", path: "/api/v1/for/administrator" });
  expect(JSON.parse(told.text)).toEqual({ name: "local", kind: "local" });
  expect((await at.overSocket({ path: "/metrics" })).status).toBe(200);
  expect((await at.overTls({ path: "/metrics" })).status).toBe(401);
});

test("a second server in the same data directory is refused, and the first goes on", async () => {
  await using at = await runServer();
  await expect(runServer({ dataDirectory: at.directory })).rejects.toMatchObject({
    code: "server/already-running",
  });
  expect((await at.overSocket({ path: "/healthz" })).status).toBe(200);
});

test("the socket of a server that was killed is no hindrance", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bulkhead-dead-"));
  const path = join(directory, "server.sock");
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
  expect(statSync(path).isSocket()).toBe(true);
  await using at = await runServer({ dataDirectory: directory });
  expect((await at.overTls({ path: "/healthz" })).status).toBe(200);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  rmSync(directory, { recursive: true });
});

test("a token that is unknown, expired or revoked is refused in the same words", async () => {
  await using at = await runServer({ routes });
  const [gone, late] = [at.token("viewer"), at.token("viewer")];
  at.accounts.revokeToken(gone.split(".")[1] ?? "");
  at.clock.now += 3_600_000;
  const told = await Promise.all(
    [gone, late, "bulkhead-api-1.x.y", "x"].map((token) => at.overTls({ path: "/api/v1/for/viewer", token })),
  );
  expect(told.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expect(new Set(told.map(({ text }) => text)).size).toBe(1);
  expect(told[0]?.headers["www-authenticate"]).toContain("Bearer");
});

test("a sign-in link works once, and its cookie is for this host, HTTPS and our own pages alone", async () => {
  await using at = await runServer({ routes });
  const { secret } = at.accounts.makeSignInLink();
  const ahead = await at.overTls({ path: `/signin/${secret}`, headers: { "sec-purpose": "prefetch" } });
  expect(ahead.status).toBe(400);
  const first = await at.overTls({ path: `/signin/${secret}` });
  expect(first.headers["set-cookie"]?.[0]).toMatch(
    /^__Host-bulkhead=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
  );
  const second = await at.overTls({ path: `/signin/${secret}` });
  expect([second.status, codeOf(second), second.headers["set-cookie"]]).toEqual([
    401,
    "server/link-unusable",
    undefined,
  ]);
  expect(at.journal.join("")).not.toContain(secret);
});

test("a session ends after 12 hours, or when one signs out", async () => {
  await using at = await runServer({ routes });
  const first = await signIn(at);
  const path = "/api/v1/for/administrator";
  const status = async (cookie: string) => (await at.overTls({ path, headers: { cookie } })).status;
  expect(await status(first.cookie)).toBe(200);
  at.clock.now += 12 * 3_600_000;
  expect(await status(first.cookie)).toBe(401);
  const { cookie } = await signIn(at);
  const host = `127.0.0.1:${at.server.port}`;
  const own = { cookie, "x-bulkhead": "1", origin: `https://${host}` };
  const out = await at.overTls({ method: "POST", path: "/api/v1/signout", headers: own });
  expect([out.status, out.headers["set-cookie"]?.[0]]).toEqual([
    204,
    expect.stringContaining("__Host-bulkhead=;"),
  ]);
  expect(await status(cookie)).toBe(401);
});

test("what changes something by cookie must come from our own page", async () => {
  await using at = await runServer({ routes });
  const { cookie } = await signIn(at);
  const origin = `https://127.0.0.1:${at.server.port}`;
  const post = async (headers: Record<string, string>) => {
    const told = await at.overTls({
      method: "POST",
      path: "/api/v1/for/editor",
      headers: { cookie, ...headers },
    });
    return told.status === 403 ? codeOf(told) : told.status;
  };
  expect(await post({ "x-bulkhead": "1", origin })).toBe(200);
  expect(await post({ "x-bulkhead": "1", "sec-fetch-site": "same-origin" })).toBe(200);
  for (const forged of [
    {},
    { origin },
    { "x-bulkhead": "1" },
    { "x-bulkhead": "0", origin },
    { "x-bulkhead": "1", origin: "https://evil.example" },
    { "x-bulkhead": "1", origin: "null" },
    { "x-bulkhead": "1", origin: origin.replace("https", "http") },
    { "x-bulkhead": "1", "sec-fetch-site": "same-site" },
    { "x-bulkhead": "1", origin, "sec-fetch-site": "cross-site" },
  ] as Record<string, string>[])
    expect(await post(forged), JSON.stringify(forged)).toBe("server/cross-site");
});

test("failed attempts from one address are answered with 429 after a few, and a right token still passes", async () => {
  await using at = await runServer({ routes, rates: { failures: 3 } });
  const attempt = () => at.overTls({ path: "/api/v1/for/viewer", token: "bulkhead-api-1.x.y" });
  const statuses = [];
  for (let count = 0; count < 5; count += 1) statuses.push((await attempt()).status);
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  expect(Number((await attempt()).headers["retry-after"])).toBeGreaterThan(0);
  expect((await at.overTls({ path: "/api/v1/for/viewer", token: at.token("viewer") })).status).toBe(200);
  expect(at.journal.filter((line) => line.includes("prove nothing"))).toHaveLength(3);
});

test("requests from one address are bounded, unknown paths too, and the unix socket is not", async () => {
  await using at = await runServer({ routes, rates: { requests: 3 } });
  const statuses = [];
  for (const path of ["/nothing", "/healthz", "/nothing", "/nothing", "/healthz"])
    statuses.push((await at.overTls({ path })).status);
  expect(statuses).toEqual([404, 200, 404, 429, 429]);
  const local = await Promise.all(Array.from({ length: 10 }, () => at.overSocket({ path: "/healthz" })));
  expect(local.every(({ status }) => status === 200)).toBe(true);
});

test("who changed something, or would have liked to, is in the journal, without secrets", async () => {
  await using at = await runServer({ routes });
  const token = at.token("editor");
  await at.overTls({ method: "POST", path: "/api/v1/for/editor", token });
  await expect.poll(() => at.journal.join("")).toContain("/api/v1/for/editor");
  expect(at.journal.join("")).toContain('"by":"editor 1"');
  await at.overTls({ method: "POST", path: "/api/v1/for/approver", token });
  expect(at.journal.join("")).toMatch(
    /"by":"editor 1",[^}]*"route":"\/api\/v1\/for\/approver"[^}]*was refused/,
  );
  expect(at.journal.join("")).not.toContain(token.split(".")[2]);
});
