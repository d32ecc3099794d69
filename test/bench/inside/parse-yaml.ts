/** The floor of any program that reads a policy with positions: the YAML parser alone. `parse-yaml.ts FOLDER` prints milliseconds and memory as JSON. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parseDocument } from "yaml";

const folder = process.argv[2] ?? "";
const began = performance.now();
const documents = readdirSync(folder).map((name) =>
  parseDocument(readFileSync(join(folder, name), "utf8"), { lineCounter: new LineCounter() }),
);
const total = performance.now() - began;
console.log(
  JSON.stringify({ total, megabytes: process.resourceUsage().maxRSS / 1024, documents: documents.length }),
);
