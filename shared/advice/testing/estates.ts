/** Small estates, and what they did. */

import { parsePolicy } from "../../policy/parse.ts";
import { formatProblem } from "../../policy/problem.ts";
import { type ResolvedPolicy, resolvePolicy } from "../../rules/resolve.ts";
import { buildInventory } from "../../segments/inventory.ts";
import type { Habitual } from "../gathering.ts";
import type { RecordedFlow } from "../recorded-flow.ts";
import { suggestForEstate } from "../suggest-estate.ts";
import type { SuggestionRequest } from "../suggestion-request.ts";

/** Three web hosts, an api, two databases, one that watches, in production; a web host and a database in development. */
export const HOSTS = `
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web, env: prod } }
  web-2: { addresses: [10.0.0.12], labels: { role: web, env: prod } }
  web-3: { addresses: [10.0.0.13], labels: { role: web, env: prod } }
  api-1: { addresses: [10.0.0.21], labels: { role: api, env: prod } }
  api-2: { addresses: [10.0.0.22], labels: { role: api, env: prod } }
  db-1: { addresses: [10.0.0.31, "fd00::31"], labels: { role: db, env: prod } }
  mon-1: { addresses: [10.0.0.41], labels: { role: monitoring, env: prod } }
  api-9: { addresses: [10.0.9.21], labels: { role: api, env: dev } }
  db-9: { addresses: [10.0.9.31], labels: { role: db, env: dev } }
`;

export const SEGMENTS = `
segments:
  web: { select: role=web }
  api: { select: role=api }
  db: { select: role=db }
  monitoring: { select: role=monitoring }
  prod: { select: env=prod }
  office: { addresses: [198.51.100.0/24] }
services:
  postgres: [tcp/5432, tcp/6432]
  web: [tcp/80, tcp/443]
`;

export const DAY = 24 * 3_600_000;
export const NOW = Date.UTC(2026, 10, 30, 12);

/** Each text a file; those that are empty are none. */
export function read(...texts: readonly string[]): ResolvedPolicy {
  const files = texts.map((text, at) => ({ name: at === 0 ? "p.yaml" : `p-${at}.yaml`, text }));
  const { policy, problems } = parsePolicy(files.filter(({ text }) => text !== ""));
  if (policy === undefined) throw new Error(`${problems.map(formatProblem).join("\n")}\n${texts}`);
  return resolvePolicy(policy, buildInventory(policy), { now: NOW });
}

const { inventory } = read(HOSTS);

interface Some extends Partial<Omit<RecordedFlow, "source" | "destination">> {
  readonly days?: number;
  readonly onlyQuietHours?: boolean;
  readonly unit?: string;
  readonly listener?: string;
  /** Whose word it is: of both ends unless another is named. */
  readonly by?: "both" | "source" | "destination";
}

/** `web-1 db-1 5432`: hosts by name, others by address. What both ends have seen ten times. */
export function seen(what: string, some: Some = {}): Habitual {
  const [from = "", to = "", port = "0"] = what.split(" ");
  const { days = 1, onlyQuietHours = false, unit, listener, by = "both", ...fields } = some;
  const verdict = fields.verdict ?? "allow";
  const judgedBy = (name: string) => (isHost(name) ? { host: name, verdict, rule: null } : null);
  return {
    habit: { days, onlyQuietHours },
    flow: {
      ...{ start: NOW - DAY, end: NOW, protocol: 6, service: Number(port), connections: 10 },
      source: { address: addressOf(from), ...(unit !== undefined && { unit }) },
      destination: { address: addressOf(to), ...(listener !== undefined && { unit: listener }) },
      verdict,
      egress: by === "destination" ? null : judgedBy(from),
      ingress: by === "source" ? null : judgedBy(to),
      unconfirmed: by !== "both" && isHost(from) && isHost(to),
      ...fields,
    },
  };
}

function isHost(name: string): boolean {
  return inventory.hosts.has(name);
}

function addressOf(name: string): string {
  return inventory.hosts.get(name)?.addresses[0] ?? name;
}

/** Under this policy, with the hosts above. */
export function suggested(
  policy: string,
  flows: readonly Habitual[],
  some: Partial<Pick<SuggestionRequest, "segment" | "units" | "server">> = {},
) {
  return suggestForEstate(flows, {
    resolved: read(`${policy}${HOSTS}`),
    files: policy === "" ? [] : [{ name: "p.yaml", text: policy }],
    ...{ server: [], segment: undefined, units: false, progress: () => {}, ...some },
  });
}
