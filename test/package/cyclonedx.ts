/** CycloneDX's own schema, which its project publishes in its library. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { CHECKOUT } from "../estate/place.ts";

const SCHEMAS = join(CHECKOUT, "node_modules/@cyclonedx/cyclonedx-library/res/schema");
// Under the names by which they refer to one another.
const schema = (file: string) => ({
  ...JSON.parse(readFileSync(join(SCHEMAS, file), "utf8")),
  $id: `http://cyclonedx.org/schema/${file}`,
});

/** What the schema of CycloneDX 1.6 says against a document; nothing where it is valid. */
export function schemaProblems(document: unknown): readonly string[] {
  const validate = compiled();
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function compiled(): ValidateFunction {
  // Formats are its authors' notes to readers: what they bind is in patterns as well.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(schema("spdx.SNAPSHOT.schema.json"));
  ajv.addSchema(schema("jsf-0.82.SNAPSHOT.schema.json"));
  return ajv.compile(schema("bom-1.6.SNAPSHOT.schema.json"));
}
