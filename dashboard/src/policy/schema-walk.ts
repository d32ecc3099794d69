/** Walks a JSON Schema along the keys of a document. */

export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly description?: string;
}

export interface Choices {
  readonly keys: readonly { readonly name: string; readonly about?: string }[];
  readonly words: readonly string[];
}

/** What a map at this path may have as keys, and a scalar as words. Lists are looked through. */
export function choicesAt(root: Schema, path: readonly string[]): Choices {
  let here = alternatives(root, root);
  for (const key of path) here = here.flatMap((schema) => below(root, schema, key));
  const keys = new Map<string, string | undefined>();
  for (const { properties = {} } of here)
    for (const [name, schema] of Object.entries(properties)) keys.set(name, aboutOf(root, schema));
  const words = here.flatMap((schema) => [...(schema.enum ?? []), schema.const, ...(schema.examples ?? [])]);
  return {
    keys: [...keys].map(([name, about]) => ({ name, ...(about !== undefined && { about }) })),
    words: [...new Set(words.filter((word) => typeof word === "string"))],
  };
}

function below(root: Schema, { properties, additionalProperties }: Schema, key: string): readonly Schema[] {
  const own = properties?.[key];
  if (own !== undefined) return alternatives(root, own);
  return typeof additionalProperties === "object" ? alternatives(root, additionalProperties) : [];
}

/** A schema and all that it may be instead, with the items of lists. */
function alternatives(root: Schema, schema: Schema, depth = 0): readonly Schema[] {
  if (depth > 8) return [];
  const referred = schema.$ref === undefined ? [] : [referredBy(root, schema.$ref)];
  const others = [
    ...referred,
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
    ...(schema.items === undefined ? [] : [schema.items]),
  ];
  return [
    schema,
    ...others.flatMap((other) => (other === undefined ? [] : alternatives(root, other, depth + 1))),
  ];
}

function aboutOf(root: Schema, schema: Schema): string | undefined {
  return alternatives(root, schema).find(({ description }) => description !== undefined)?.description;
}

function referredBy(root: Schema, reference: string): Schema | undefined {
  return root.$defs?.[reference.replace("#/$defs/", "")];
}
