/** Reads the policy in a folder and makes what every host of it must enforce: `compile-all.ts FOLDER`. Prints milliseconds and the peak of resident memory as JSON. */

import * as fs from "node:fs/promises";
import { readPolicyFiles } from "@bulkhead/shared/policy/files.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";

const began = performance.now();
const { files, problems: unreadable } = await readPolicyFiles(fs, process.argv.slice(2));
const { policy, problems } = parsePolicy(files);
const parsed = performance.now();
const errors = [...unreadable, ...problems].filter(({ severity }) => severity === "error");
if (policy === undefined || errors.length > 0)
  throw new Error(
    errors
      .map(({ message }) => message)
      .slice(0, 3)
      .join("\n"),
  );
const resolved = resolvePolicy(policy, buildInventory(policy));
let rules = 0;
for (const host of policy.hosts.keys()) rules += resolved.hostPolicy(host).rules.length;
const ended = performance.now();
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({
    total: ended - began,
    parse: parsed - began,
    resolve: ended - parsed,
    megabytes,
    hosts: policy.hosts.size,
    rules,
  }),
);
