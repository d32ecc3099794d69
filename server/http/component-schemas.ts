/** Schemas as OpenAPI wants them: whatever refers to something refers to `#/components/schemas`. */

import { z } from "zod";

export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

const PREFIX = "#/components/schemas/";

export class ComponentSchemas {
  readonly #schemas: Map<string, JsonSchema>;

  constructor(first: Readonly<Record<string, JsonSchema>>) {
    this.#schemas = new Map(Object.entries(first));
  }

  /** The schema, or a reference to it where it refers to parts of itself. `name` is this schema's alone. */
  add(schema: z.ZodType, io: "input" | "output", name: string): JsonSchema {
    const { $schema: _dialect, $defs, ...rest } = z.toJSONSchema(schema, { io }) as JsonSchema;
    if (!JSON.stringify({ rest, $defs }).includes('"$ref"')) return rest;
    for (const [part, definition] of Object.entries($defs ?? {}))
      this.#schemas.set(`${name}.${part}`, withReferences(definition, name) as JsonSchema);
    this.#schemas.set(name, withReferences(rest, name) as JsonSchema);
    return { $ref: `${PREFIX}${name}` };
  }

  /** The schema itself, for its properties. */
  inline(schema: z.ZodType, name: string): JsonSchema {
    const added = this.add(schema, "input", name);
    return "$ref" in added ? (this.#schemas.get(name) ?? {}) : added;
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(this.#schemas);
  }
}

function withReferences(node: unknown, name: string): unknown {
  if (Array.isArray(node)) return node.map((item) => withReferences(item, name));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string" ? moved(value, name) : withReferences(value, name),
    ]),
  );
}

/** `#` is the schema itself, `#/$defs/X` a part of it. */
function moved(reference: string, name: string): string {
  if (reference === "#") return `${PREFIX}${name}`;
  return reference.replace(/^#\/\$defs\//, `${PREFIX}${name}.`);
}
