/** A web host and a database: policies that differ by a rule. */

import type { Host } from "../estate/host.ts";

export const HOSTS = { "web-1": ["10.0.0.11"], "db-1": ["10.0.0.21"] };

const BASE = `hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web } }
  db-1: { addresses: [10.0.0.21], labels: { role: db } }
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
`;

/** The rules, one a line; without any, nothing passes. */
export function policyText(...rules: readonly string[]): string {
  return rules.length === 0 ? BASE : `${BASE}rules:\n${rules.map((rule) => `  - ${rule}\n`).join("")}`;
}

export const ORDERS = "{ name: orders, allow: tcp/5432, from: web, to: db }";
export const BACKUP = "{ name: backup, allow: tcp/9000, from: web, to: db }";

/** Writes a host's policy folder; gives its path. */
export async function writePolicy(host: Host, text: string, folder = "policy"): Promise<string> {
  await host.write(`${folder}/shop.yaml`, text);
  return `${host.scratch}/${folder}`;
}
