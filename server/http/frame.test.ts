import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { linesOf, route } from "./route.ts";
import { codeOf, type RunningServer, runServer } from "./testing/running-server.ts";

const Labels = z.strictObject({ role: z.string(), env: z.strictObject({ stage: z.string() }).optional() });
const labels = route({
  method: "POST",
  path: "/api/v1/hosts/:name",
  role: "viewer",
  summary: "a test",
  params: z.strictObject({ name: z.string().max(20) }),
  query: z.strictObject({ limit: z.coerce.number().int().max(10).default(3) }),
  body: Labels,
  bodyLimit: 200_000,
  answer: z.strictObject({ name: z.string(), limit: z.number(), labels: Labels }),
  handler: (_context, { params, query, body }) => ({ name: params.name, limit: query.limit, labels: body }),
});
const many = route({
  method: "POST",
  path: "/api/v1/many",
  role: "viewer",
  summary: "a test",
  body: z.unknown(),
  answer: z.strictObject({ ok: z.boolean() }),
  handler: () => ({ ok: true }),
});
const failing = route({
  method: "GET",
  path: "/api/v1/failing",
  role: "viewer",
  summary: "a test",
  query: z.strictObject({ how: z.string() }),
  answer: z.strictObject({ visible: z.string() }),
  handler: (_context, { query: { how } }) => {
    if (how === "known") throw new BulkheadError("server/unknown-token", "no such token");
    if (how === "defect") throw new RangeError("the secret inside");
    if (how === "wrong") return { visible: 7 } as never;
    return { visible: "yes", hidden: "no" } as never;
  },
});
const listing = route({
  method: "GET",
  path: "/api/v1/list",
  role: "viewer",
  summary: "a test",
  answer: linesOf(z.strictObject({ n: z.number() })),
  handler: () => Array.from({ length: 5_000 }, (_, n) => ({ n })),
});

let at: RunningServer;
let token: string;
beforeAll(async () => {
  at = await runServer({ routes: [labels, many, failing, listing], rates: { requests: 1_000_000 } });
  token = at.token("viewer");
});
afterAll(() => at[Symbol.asyncDispose]());

/** Without a body where it is empty. */
function sendPost(body: string, path: string) {
  return body === "" ? at.overTls({ method: "POST", path, token }) : post(body, path);
}

function post(body: string, path = "/api/v1/hosts/web-1", headers = {}) {
  return at.overTls({ method: "POST", path, body, token, headers });
}

test("what is given reaches the handler as its schemas make it", async () => {
  const told = await post('{"role":"web","env":{"stage":"ü"}}', "/api/v1/hosts/web%2D1?limit=7");
  expect([told.status, JSON.parse(told.text)]).toEqual([
    200,
    { name: "web-1", limit: 7, labels: { role: "web", env: { stage: "ü" } } },
  ]);
});

test.each([
  ["an unknown field", '{"role":"web","rolle":"web"}', "", "body"],
  ["an unknown field below", '{"role":"web","env":{"stage":"a","b":1}}', "", "body/env"],
  ["a missing body", "", "", "body"],
  ["a wrong type", '{"role":1}', "", "body/role"],
  ["an unknown query", '{"role":"web"}', "?limmit=1", "query"],
  ["a query given twice", '{"role":"web"}', "?limit=1&limit=2", "query/limit"],
  ["a wrong query", '{"role":"web"}', "?limit=11", "query/limit"],
])("%s is refused with its place", async (_name, body, query, place) => {
  const told = await sendPost(body, `/api/v1/hosts/web-1${query}`);
  expect([told.status, codeOf(told)]).toEqual([400, "server/invalid-request"]);
  const { error } = JSON.parse(told.text) as { error: { place?: string; remedy: string } };
  expect(error.place).toBe(place);
  expect(error.remedy).toContain("openapi.json");
});

test("a parameter of the path is checked, too, and what is not declared must not be there", async () => {
  expect(codeOf(await post('{"role":"web"}', `/api/v1/hosts/${"x".repeat(21)}`))).toBe(
    "server/invalid-request",
  );
  expect((await at.overTls({ path: "/api/v1/me?x=1", token })).status).toBe(400);
});

test.each([
  ["what is no JSON", "{", "application/json", "malformed"],
  ["a prototype", '{"role":"a","__proto__":{"x":1}}', "application/json", "malformed"],
  ["a form", "role=web", "application/x-www-form-urlencoded", "must be application/json"],
  ["plain text", "{}", "text/plain", "must be application/json"],
])("%s is refused, also where any JSON would do", async (_name, body, type, words) => {
  const told = await post(body, "/api/v1/many", { "content-type": type });
  expect([told.status, codeOf(told)]).toEqual([400, "server/invalid-request"]);
  expect(told.text).toContain(words);
});

test("a body is refused at its route's limit, and by default at 8 MiB, said or not", async () => {
  const text = (size: number) => JSON.stringify("x".repeat(size));
  const over = await post(`{"role":${text(200_000)}}`);
  expect([over.status, codeOf(over)]).toEqual([413, "server/too-large"]);
  expect((await post(text(8 * 1024 * 1024 - 2), "/api/v1/many")).status).toBe(200);
  expect((await post(text(8 * 1024 * 1024 - 1), "/api/v1/many")).status).toBe(413);
});

test("a million brackets and a million wrong fields are answered in few words", async () => {
  const deep = await post("[".repeat(1_000_000), "/api/v1/many");
  expect(deep.status).toBe(400);
  const wrong = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`field${n}`, n]));
  const told = await post(JSON.stringify(wrong));
  expect(told.status).toBe(400);
  expect(told.text.length).toBeLessThan(2_000);
});

test("errors have the status that fits; a defect tells nothing but where to look", async () => {
  const failing = (how: string) => at.overTls({ path: `/api/v1/failing?how=${how}`, token });
  const known = await failing("known");
  expect([known.status, JSON.parse(known.text)]).toEqual([
    404,
    { error: { code: "server/unknown-token", message: "no such token", remedy: expect.any(String) } },
  ]);
  for (const how of ["defect", "wrong"]) {
    const told = await failing(how);
    expect([told.status, codeOf(told)]).toEqual([500, "command/defect"]);
    expect(told.text).not.toMatch(/secret|RangeError|ZodError/);
  }
  expect(at.journal.join("")).toContain("the secret inside");
  expect((await at.overTls({ path: "/api/v1/no/such", token })).status).toBe(404);
  expect((await at.overTls({ path: "/%zz", token })).status).toBe(400);
});

test("a field that the answer's schema does not name never leaves the server", async () => {
  const told = await at.overTls({ path: "/api/v1/failing?how=extra", token });
  expect(told.text).not.toContain("hidden");
});

test("many objects come one a line", async () => {
  const { text, headers } = await at.overTls({ path: "/api/v1/list", token });
  expect(headers["content-type"]).toContain("application/x-ndjson");
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { n: number }).n),
  ).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
});

test("every answer, refusals too, has strict headers", async () => {
  for (const path of ["/healthz", "/api/v1/me", "/nothing"]) {
    const { headers } = await at.overTls({ path });
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "strict-transport-security": expect.stringContaining("max-age"),
    });
  }
});

test("a schema that would let unknown fields pass is refused when it is declared", () => {
  const loose = (body: z.ZodType) => () =>
    route({
      method: "POST",
      path: "/x",
      role: "viewer",
      summary: "a test",
      body,
      answer: z.null(),
      handler: () => null,
    });
  expect(loose(z.strictObject({ a: z.object({ b: z.string() }) }))).toThrow(
    /POST \/x: body.*z\.strictObject/,
  );
  expect(loose(z.array(z.union([z.string(), z.object({ b: z.string() })])))).toThrow(TypeError);
  expect(loose(z.strictObject({ a: z.record(z.string(), z.string()) }))).not.toThrow();
});
