/** The first minutes of an estate: hosts have joined, the policy says nothing but to observe, and kernels have seen a little. */

import type { SuggestionView } from "@bulkhead/server/api/advice-shapes.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import { Centre } from "./centre.ts";

let estate: Estate;
let centre: Centre;
const daemons = new Map<string, Daemon>();
const HOSTS = { "web-1": "web", "web-2": "web", "api-1": "api", "db-1": "db" } as const;

beforeAll(async () => {
  estate = await Estate.create({
    hosts: {
      ...{ hub: ["10.0.0.5"], "web-1": ["10.0.0.11"], "web-2": ["10.0.0.12"] },
      ...{ "api-1": ["10.0.0.21"], "db-1": ["10.0.0.31"], intruder: ["10.0.0.99"] },
    },
  });
  centre = await Centre.start(estate.host("hub"));
  await estate.host("api-1").listen("tcp/8080");
  await estate.host("db-1").listen("tcp/5432");
  for (const [name, role] of Object.entries(HOSTS))
    daemons.set(name, await centre.join(estate.host(name), name, `role=${role}`));
  for (const daemon of daemons.values()) await daemon.until("link-up");
  // Without any, hosts have no table, and their kernels track no connections.
  await centre.provision("mode: observe\n");
  await centre.settled(...Object.keys(HOSTS));
}, 180_000);
afterAll(async () => {
  for (const daemon of daemons.values()) await daemon.end();
  await centre?.end();
  await estate?.remove();
});

const calls = (from: string, to: string, service: "tcp/8080" | "tcp/5432", times: number) =>
  estate.host(from).probe(Array.from({ length: times }, () => ({ to, service })));

interface Answer {
  readonly suggestion: SuggestionView;
}

/** Asks until all these connections have been told of, of so many of them by both ends, and of the odd ones by whoever can. */
async function suggestion(connections: number, byBoth: number): Promise<SuggestionView> {
  for (;;) {
    const { suggestion: made } = await centre.facts<Answer>("suggest", "--since", "1h");
    const isConfirmed =
      made.odd.every(({ kind }) => kind !== "unconfirmed") &&
      made.odd.some(({ kind }) => kind === "one-of-many");
    if (made.seen.connections >= connections && made.covered.connections >= byBoth && isConfirmed)
      return made;
  }
}

test("a policy is suggested from a minute of traffic, with the odd flow left out and marked, and the agents' own connections are no matter", async () => {
  for (const web of ["web-1", "web-2"]) await calls(web, "api-1", "tcp/8080", 5);
  await calls("api-1", "db-1", "tcp/5432", 5);
  await calls("web-2", "db-1", "tcp/5432", 4);
  await calls("intruder", "db-1", "tcp/5432", 3);
  const { rules, suggestedSegments, odd, text } = await suggestion(22, 15);
  expect(rules.map(({ from, services, to }) => [from, services, to])).toEqual([
    [["api"], ["tcp/5432"], ["db"]],
    [["web"], ["tcp/8080"], ["api"]],
  ]);
  expect(suggestedSegments.map(({ name, selector }) => `${name} ${selector}`)).toEqual([
    "api role=api",
    "db role=db",
    "web role=web",
  ]);
  expect(odd.map(({ words }) => words)).toEqual([
    "web-2 talks to db-1 on tcp/5432 (postgres); the other host of web does not",
    "10.0.0.99 talks to db-1 on tcp/5432 (postgres); only one end tells of it, as the other has no agent",
  ]);
  expect((await centre.ask("suggest", "--since", "1h")).stdout).toBe(text);
  await centre.provision(text);
  await centre.settled(...Object.keys(HOSTS));
});
