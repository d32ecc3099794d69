import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, type RunningServer, runServer } from "./testing/running-server.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-pages-"));
const HTML = { accept: "text/html,application/xhtml+xml" };
let at: RunningServer;

beforeAll(async () => {
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<title>the page</title>");
  writeFileSync(join(folder, "assets/main-1234.js"), "plain");
  writeFileSync(join(folder, "assets/main-1234.js.gz"), "compressed");
  at = await runServer({ pages: { folder }, rates: { requests: 1_000_000 } });
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test("any address inside the dashboard is its one page, for anyone, under the security policy", async () => {
  for (const path of ["/", "/flows?verdict=deny", "/hosts/web-1"]) {
    const { status, text, headers } = await at.overTls({ path, headers: HTML });
    expect([status, text]).toEqual([200, "<title>the page</title>"]);
    expect(headers["cache-control"]).toBe("no-cache");
    expect(headers["content-security-policy"]).toMatch(
      /default-src 'none';script-src 'self';style-src 'self'/,
    );
  }
});

test("files with a hash in their names may be kept for ever, and are sent compressed to those who take that", async () => {
  const path = "/assets/main-1234.js";
  const plain = await at.overTls({ path });
  expect(plain.text).toBe("plain");
  expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  const { headers, text } = await at.overTls({ path, headers: { "accept-encoding": "gzip" } });
  expect([headers["content-encoding"], text]).toEqual(["gzip", "compressed"]);
  expect(headers["content-type"]).toMatch(/javascript/);
});

test("what is no page stays unknown: the API's paths, files that are not there, paths that climb out", async () => {
  for (const path of [
    "/api/v1/nothing",
    "/assets/other.js",
    "/..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
  ]) {
    const told = await at.overTls({ path });
    expect([path, told.status, codeOf(told)]).toEqual([path, 404, "server/unknown-path"]);
  }
  const api = await at.overTls({ path: "/api/v1/nothing", headers: HTML });
  expect(codeOf(api)).toBe("server/unknown-path");
});

test("the API asks for a session as before", async () => {
  expect((await at.overTls({ path: "/api/v1/me", headers: HTML })).status).toBe(401);
});

test("a dashboard that was not built says how to build it", async () => {
  await using bare = await runServer({ pages: { folder: join(folder, "missing") } });
  const told = await bare.overTls({ path: "/", headers: HTML });
  expect([told.status, codeOf(told)]).toEqual([404, "server/no-dashboard"]);
  expect(told.text).toContain("npm run build");
});
