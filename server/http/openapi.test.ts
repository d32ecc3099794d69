import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { z } from "zod";
import { openApi } from "./openapi.ts";
import { linesOf, type Route, route } from "./route.ts";
import { runServer } from "./testing/running-server.ts";

const Tree = z.strictObject({
  name: z.string(),
  get parts() {
    return z.array(Tree);
  },
});
const routes: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/v1/hosts/:name/labels",
    role: "editor",
    summary: "Gives a host its labels",
    params: z.strictObject({ name: z.string() }),
    query: z.strictObject({ limit: z.coerce.number().int().default(3), since: z.string() }),
    body: z.strictObject({ labels: z.record(z.string(), z.string()) }),
    answer: z.strictObject({ ok: z.boolean() }),
    handler: () => ({ ok: true }),
  }),
  route({
    method: "POST",
    path: "/api/v1/trees",
    role: "viewer",
    summary: "A schema that refers to itself, and one with parts that do",
    body: Tree,
    answer: z.strictObject({ left: Tree, right: Tree }),
    handler: (_context, { body }) => ({ left: body, right: body }),
  }),
  route({
    method: "GET",
    path: "/api/v1/trees",
    role: "viewer",
    summary: "Many of them",
    answer: linesOf(Tree),
    handler: () => [],
  }),
];

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { readonly content: Record<string, { schema: object }> };
  readonly responses: Record<string, { readonly content: Record<string, { schema: object }> }>;
}
interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

/** What the specification asks of a document, as far as we use it (OpenAPI 3.1.0, 4.8). */
const SHAPE = {
  type: "object",
  required: ["openapi", "info", "paths"],
  properties: {
    openapi: { const: "3.1.0" },
    info: { type: "object", required: ["title", "version"] },
    paths: {
      type: "object",
      propertyNames: { pattern: "^/[^:]*$" },
      additionalProperties: {
        type: "object",
        propertyNames: { enum: ["get", "post", "put", "patch", "delete"] },
        additionalProperties: {
          type: "object",
          required: ["operationId", "summary", "responses", "security"],
          properties: {
            parameters: {
              type: "array",
              items: {
                type: "object",
                required: ["name", "in", "required", "schema"],
                properties: { in: { enum: ["path", "query"] } },
              },
            },
            responses: { type: "object", required: ["200", "default"] },
          },
        },
      },
    },
    components: {
      properties: { schemas: { propertyNames: { pattern: "^[a-zA-Z0-9._-]+$" } } },
    },
  },
};

function operations({ paths }: OpenApiDocument): (Operation & { readonly path: string })[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ ...operation, path })),
  );
}

function schemasOf({ parameters = [], requestBody, responses }: Operation): object[] {
  const contents = [requestBody, ...Object.values(responses)].flatMap((part) =>
    Object.values(part?.content ?? {}),
  );
  return [...parameters, ...contents].map(({ schema }) => schema);
}

async function served(): Promise<OpenApiDocument> {
  await using at = await runServer({ routes });
  return JSON.parse((await at.overSocket({ path: "/api/v1/openapi.json" })).text) as OpenApiDocument;
}

test("the description has the shape of OpenAPI 3.1, and each of its schemas can be used", async () => {
  const document = await served();
  const ajv = new Ajv2020({ strict: false, formats: {} });
  expect(ajv.validate(SHAPE, document), ajv.errorsText()).toBe(true);
  ajv.addSchema({ ...document, $id: "doc" });
  const all = operations(document).flatMap(schemasOf);
  expect(all.length).toBeGreaterThan(20);
  for (const schema of all) {
    const text = JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"doc#');
    expect(() => ajv.compile(JSON.parse(text) as object), text).not.toThrow();
  }
});

test("every route is described, also those of the frame, each under a name of its own", async () => {
  const document = await served();
  const paths = Object.keys(document.paths);
  expect(paths).toEqual(
    expect.arrayContaining([
      "/healthz",
      "/readyz",
      "/metrics",
      "/authority.pem",
      "/api/v1/me",
      "/api/v1/events",
      "/api/v1/openapi.json",
      "/api/v1/hosts/{name}/labels",
      "/api/v1/trees",
    ]),
  );
  const names = operations(document).map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("postApiV1HostsNameLabels");
  for (const { path, parameters = [] } of operations(document))
    expect(parameters.filter((one) => one.in === "path").map(({ name }) => `{${name}}`)).toEqual(
      path.match(/\{\w+\}/g) ?? [],
    );
});

test("schemas that refer to themselves judge what they should", async () => {
  const document = await served();
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ ...document, $id: "doc" });
  const name = (part: string) => `doc#/components/schemas/${part}`;
  const leaf = { name: "a", parts: [] };
  const body = ajv.getSchema(name("postApiV1Trees.body"));
  expect([body?.({ name: "a", parts: [leaf] }), body?.({ name: "a", parts: [{ name: 1 }] })]).toEqual([
    true,
    false,
  ]);
  const answer = ajv.getSchema(name("postApiV1Trees.answer"));
  expect([answer?.({ left: leaf, right: leaf }), answer?.({ left: leaf, right: 1 })]).toEqual([true, false]);
});

test("parameters say whether they must be given, and who may ask is told", () => {
  const document = openApi(routes, "1") as unknown as OpenApiDocument;
  const post = document.paths["/api/v1/hosts/{name}/labels"]?.post;
  expect(post?.parameters?.map(({ name, required }) => [name, required])).toEqual([
    ["name", true],
    ["limit", false],
    ["since", true],
  ]);
  expect(post).toMatchObject({ "x-bulkhead-role": "editor", security: [{ token: [] }, { session: [] }] });
});
