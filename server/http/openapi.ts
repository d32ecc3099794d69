/** The API's description (OpenAPI 3.1), made from the schemas that requests are checked against. */

import type { z } from "zod";
import { ComponentSchemas, type JsonSchema } from "./component-schemas.ts";
import { type AnswerShape, isJson, type Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = "application/json";
const ERROR: JsonSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "remedy"],
      properties: {
        code: { type: "string", description: "One of docs/errors.md" },
        message: { type: "string", description: "What happened" },
        remedy: { type: "string", description: "What to do" },
        place: { type: "string", description: "Where in the request: body/labels/role" },
      },
    },
  },
};

/** Throws an Error for a schema that JSON Schema cannot tell. */
export function openApi(routes: readonly Route[], version: string): Json {
  const schemas = new ComponentSchemas({ Error: ERROR });
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Bulkhead", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: schemas.all(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "An API token" },
        session: { type: "apiKey", in: "cookie", name: "__Host-bulkhead" },
      },
    },
  };
}

function operation(route: Route, schemas: ComponentSchemas): Json {
  const id = operationId(route);
  const parameters = [
    ...parametersOf(route.params, "path", `${id}.params`, schemas),
    ...parametersOf(route.query, "query", `${id}.query`, schemas),
  ];
  return {
    operationId: id,
    summary: route.summary,
    "x-bulkhead-role": route.role,
    security: route.role === "anyone" ? [] : [{ token: [] }, { session: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: {
        required: true,
        content: { [JSON_TYPE]: { schema: schemas.add(route.body, "input", `${id}.body`) } },
      },
    }),
    responses: {
      200: { description: "Done", content: contentOf(route.answer, id, schemas) },
      default: {
        description: "Refused or failed",
        content: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function contentOf(answer: AnswerShape, id: string, schemas: ComponentSchemas): Json {
  if (isJson(answer)) return { [JSON_TYPE]: { schema: schemas.add(answer, "output", `${id}.answer`) } };
  if (answer.kind === "lines")
    return { "application/x-ndjson": { schema: schemas.add(answer.line, "output", `${id}.line`) } };
  const mediaType = answer.kind === "text" ? answer.mediaType : "text/event-stream";
  return { [mediaType]: { schema: { type: "string" } } };
}

function parametersOf(
  schema: z.ZodType | undefined,
  where: "path" | "query",
  name: string,
  schemas: ComponentSchemas,
): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemas.inline(schema, name);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema,
  }));
}

/** `getApiV1HostsName` */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
