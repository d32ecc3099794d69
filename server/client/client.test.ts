import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { linesOf, route } from "../http/route.ts";
import { type TestAuthority, testAuthority } from "../http/testing/certificates.ts";
import { type RunningServer, runServer } from "../http/testing/running-server.ts";
import { connect, login } from "./connection.ts";
import { forgetLogin, loginPath, readLogin, writeLogin } from "./login-file.ts";

const here = { home: "" };
beforeEach(() => {
  here.home = mkdtempSync(join(tmpdir(), "bulkhead-home-"));
});
afterEach(() => rmSync(here.home, { recursive: true, force: true }));

const echo = route({
  method: "POST",
  path: "/api/v1/echo",
  role: "editor",
  summary: "a test",
  query: z.strictObject({ q: z.string().optional() }),
  body: z.strictObject({ text: z.string() }),
  answer: z.strictObject({ text: z.string() }),
  handler: (_context, { body }) => body,
});
const counting = route({
  method: "GET",
  path: "/api/v1/count",
  role: "viewer",
  summary: "a test",
  query: z.strictObject({ to: z.coerce.number(), fail: z.stringbool().default(false) }),
  answer: linesOf(z.strictObject({ n: z.number() })),
  handler: async function* (_context, { query: { to, fail } }) {
    for (let n = 1; n <= to; n += 1) yield { n };
    if (fail) throw new Error("in the middle");
  },
});
const routes = [echo, counting];

function from(at: RunningServer, environment: Record<string, string> = {}) {
  const server = `https://127.0.0.1:${at.server.port}`;
  return { server, environment, home: here.home };
}

/** What a client's question ends with. */
async function codeOf(question: Promise<unknown>): Promise<unknown> {
  return question.then(
    () => "answered",
    (error: { code?: string }) => error.code,
  );
}

test("on the server's machine the data directory is enough", async () => {
  await using at = await runServer({ routes });
  const client = await connect({ dataDirectory: at.directory, environment: {}, home: here.home });
  expect(await client.get("/api/v1/me")).toMatchObject({
    kind: "local",
    name: "local",
    role: "administrator",
  });
  expect(await client.post("/api/v1/echo", { text: "ü" })).toEqual({ text: "ü" });
});

test("a token that contains the authority's fingerprint is all that one needs elsewhere", async () => {
  await using at = await runServer({ routes });
  const client = await connect(from(at, { BULKHEAD_TOKEN: at.token("editor") }));
  expect(await client.get("/api/v1/me")).toMatchObject({ kind: "token", role: "editor" });
  expect(await client.post("/api/v1/echo", { text: "a" })).toEqual({ text: "a" });
});

test("what the server refuses comes with its code and remedy", async () => {
  await using at = await runServer({ routes });
  const client = await connect(from(at, { BULKHEAD_TOKEN: at.token("viewer") }));
  await expect(client.post("/api/v1/echo", { text: "a" })).rejects.toMatchObject({
    code: "server/role-too-low",
    message: "'viewer 1' is viewer, and this needs editor",
    remedy: expect.stringContaining("administrator"),
  });
  const local = await connect({ dataDirectory: at.directory, environment: {}, home: here.home });
  expect(await codeOf(local.post("/api/v1/echo", { txt: "a" }))).toBe("server/invalid-request");
  expect(await codeOf(local.get("/api/v1/none"))).toBe("server/unknown-path");
  const stranger = await connect({ ...from(at), token: `bulkhead-api-1.a.b.${at.authority.fingerprint}` });
  expect(await codeOf(stranger.get("/api/v1/me"))).toBe("server/not-signed-in");
});

test("login remembers server, authority and token for this account alone", async () => {
  await using at = await runServer({ routes });
  const token = at.token("editor");
  const bare = token.split(".").slice(0, 3).join(".");
  const asked = { server: `127.0.0.1:${at.server.port}`, token: bare, home: here.home };
  expect(await codeOf(login(asked))).toBe("server/not-pinned");
  const fingerprint = `sha256:${at.authority.fingerprint.toUpperCase().replace(/..(?=.)/g, "$&:")}`;
  expect(await login({ ...asked, fingerprint })).toMatchObject({
    kind: "token",
    name: "editor 1",
    role: "editor",
  });
  expect(statSync(loginPath(here.home)).mode & 0o777).toBe(0o600);
  const client = await connect({ environment: {}, home: here.home });
  expect(await client.get("/api/v1/me")).toMatchObject({ name: "editor 1" });
  expect([forgetLogin(here.home), forgetLogin(here.home)]).toEqual([true, false]);
  expect(await codeOf(connect({ environment: {}, home: here.home }))).toBe("server/no-address");
});

test("a login that is refused leaves what was remembered", async () => {
  await using at = await runServer();
  const kept = { server: "https://other:1", token: "t", authority: "a" };
  writeLogin(here.home, kept);
  const token = `bulkhead-api-1.a.b.${at.authority.fingerprint}`;
  expect(await codeOf(login({ ...from(at), token }))).toBe("server/not-signed-in");
  expect(readLogin(here.home)).toEqual(kept);
});

test("a remembered token never goes to another server", async () => {
  await using at = await runServer();
  writeLogin(here.home, {
    server: "https://other:1",
    token: at.token("viewer"),
    authority: at.authority.pem,
  });
  expect(await codeOf(connect(from(at)))).toBe("server/not-signed-in");
});

/** A server that belongs to this authority and shows `pem` as its own. `told`: all that it heard, once nobody is connected any more. */
async function falseServer(pem: string, authority: TestAuthority) {
  const { key, certificate } = await authority.issue();
  let heard = "";
  const server = createServer({ key, cert: certificate }, (socket) => {
    socket.on("error", () => {});
    socket.setEncoding("latin1").on("data", (part: string) => {
      heard += part;
      const head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length:";
      socket.end(`${head} ${pem.length}\r\n\r\n${pem}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told: async () => {
      await new Promise((resolve) => server.close(resolve));
      return heard;
    },
  };
}

test("a false server is found before it hears the secret, whatever it shows", async () => {
  const [right, wrong] = [await testAuthority(), await testAuthority("wrong")];
  const token = `bulkhead-api-1.abc.secret.${right.fingerprint}`;
  for (const pem of [wrong.pem, right.pem, `${right.pem}${wrong.pem}`, "no certificate", ""]) {
    const other = await falseServer(pem, wrong);
    const asked = { server: other.address, token, home: here.home };
    expect(await codeOf(login(asked)), pem).toBe("server/false-server");
    const client = connect({ ...asked, environment: {} });
    expect(await codeOf(client.then((client) => client.get("/x")))).toBe("server/false-server");
    const told = await other.told();
    expect(told.match(/GET \S+/g)).toEqual(["GET /authority.pem", "GET /authority.pem"]);
    expect(told).not.toContain("secret");
  }
  expect(readLogin(here.home)).toBeUndefined();
});

test("a remembered authority is believed, not what a server shows now", async () => {
  const right = await testAuthority();
  const other = await falseServer(right.pem, await testAuthority());
  const token = "bulkhead-api-1.abc.secret";
  writeLogin(here.home, { server: other.address, token, authority: right.pem });
  const client = await connect({ environment: {}, home: here.home });
  expect(await codeOf(client.get("/api/v1/me"))).toBe("server/false-server");
  expect(await other.told()).toBe("");
});

test("a host of the same authority cannot pose as the server", async () => {
  const authority = await testAuthority();
  await using at = await runServer({
    authority: () => authority.pem,
    tls: { host: "127.0.0.1", port: 0, ...(await authority.issue("client")) },
  });
  const token = `bulkhead-api-1.abc.secret.${authority.fingerprint}`;
  expect(await codeOf(login({ ...from(at), token }))).toBe("server/false-server");
});

test("lines and events come as they happen, and an answer that breaks off is an error", async () => {
  await using at = await runServer({ routes });
  const client = await connect({ dataDirectory: at.directory, environment: {}, home: here.home });
  const numbers: number[] = [];
  for await (const { n } of client.stream<{ n: number }>("/api/v1/count", { query: { to: 3 } }))
    numbers.push(n);
  expect(numbers).toEqual([1, 2, 3]);
  const broken = client.stream("/api/v1/count", { query: { to: 3, fail: true } });
  expect(await codeOf(Array.fromAsync(broken))).toBe("server/no-answer");
  expect(at.journal.join("")).toContain("in the middle");
  const stop = new AbortController();
  const heard = Array.fromAsync(client.stream<object>("/api/v1/events", { signal: stop.signal }), (event) => {
    stop.abort();
    return event;
  });
  await expect.poll(() => at.events.listeners).toBe(1);
  at.events.publish({ kind: "host-joined", at: 1 });
  expect(await heard).toEqual([{ kind: "host-joined", at: 1 }]);
});

test("nobody there, no permission, no address: each has its own words", async () => {
  const local = { environment: {}, home: here.home };
  const nobody = await connect({ ...local, dataDirectory: here.home });
  expect(await codeOf(nobody.get("/x"))).toBe("server/unreachable");
  expect(
    await codeOf(
      connect({ ...local, server: "https://127.0.0.1:1", token: `bulkhead-api-1.a.b.${"0".repeat(64)}` }),
    ),
  ).toBe("server/unreachable");
  expect(
    await codeOf(connect({ ...local, server: "https://127.0.0.1:1", token: "bulkhead-api-1.a.b" })),
  ).toBe("server/not-pinned");
  for (const server of ["http://127.0.0.1:1", "https://a/path", "https://u:p@a", "", "::"])
    expect(await codeOf(connect({ ...local, server, token: "x" })), server).toBe("server/no-address");
});

test("a login file that is damaged is told without showing what is in it", async () => {
  writeLogin(here.home, { server: "https://a", token: "hidden", authority: "" });
  writeFileSync(loginPath(here.home), "hidden");
  await expect(connect({ environment: {}, home: here.home })).rejects.toMatchObject({
    code: "server/login-unusable",
    message: expect.not.stringContaining("hidden"),
  });
});
