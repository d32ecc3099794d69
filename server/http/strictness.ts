/** Unknown fields are refused at every depth: a misspelt field that is ignored does something else than was asked for. */

import { z } from "zod";

/** Throws a TypeError, when the server starts, for an object of the schema that would let unknown fields pass. */
export function assertStrict(schema: z.ZodType, name: string): void {
  walk(z.toJSONSchema(schema, { io: "input" }), name);
}

function walk(node: unknown, place: string): void {
  if (typeof node !== "object" || node === null) return;
  if ("properties" in node && "type" in node && !("additionalProperties" in node))
    throw new TypeError(`${place}: lets unknown fields pass; use z.strictObject`);
  for (const [key, value] of Object.entries(node))
    if (key !== "default" && key !== "examples" && key !== "enum" && key !== "const")
      walk(value, `${place}/${key}`);
}
