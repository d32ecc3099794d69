/** FAULTS.md, row 35: what hosts and people call things is shown as text, whatever is in it. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { HostDetails, HostView } from "@bulkhead/server/api/shapes.ts";
import { StandingView } from "@bulkhead/server/api/standing-shapes.ts";
import { route } from "@bulkhead/server/http/route.ts";
import { type RunningServer, runServer } from "@bulkhead/server/http/testing/running-server.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { BULKHEAD } from "../estate/place.ts";

const HOSTILE = "\u001b]0;owned\u0007\u001b[2J\u202e<script>alert(1)</script>\r\nroot# rm -rf /";
/** Anything that a terminal would do, or that would begin a line of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\nroot#/;

const host: z.input<typeof HostDetails> = {
  name: "web-1",
  labels: { role: HOSTILE },
  addresses: ["10.0.0.11"],
  segments: ["web"],
  connected: false,
  joinedAt: 0,
  seenAt: 0,
  leaseEndsAt: null,
  lapsedAt: null,
  isolated: null,
  sync: { state: "behind", why: HOSTILE },
  version: 1,
  follows: 1,
  modes: { ingress: "enforce", egress: "enforce" },
  since: 0,
  blocks: ["10.0.0.0/8"],
  token: null,
  revokedAt: null,
  expected: null,
  state: null,
  stateAt: null,
  inventory: {
    hostname: HOSTILE,
    distribution: HOSTILE,
    release: HOSTILE,
    kernel: HOSTILE,
    architecture: "x",
    machine: HOSTILE,
    virtual: true,
    cores: 1,
    memoryBytes: 1,
    cloud: null,
    interfaces: [],
    listening: [{ service: "tcp/22", address: HOSTILE, unit: HOSTILE, account: HOSTILE }],
  },
};

const claim = { what: "test" as const, about: HOSTILE, name: HOSTILE, sentence: HOSTILE, reasons: [HOSTILE] };
const cause = { kind: "host-labelled", who: HOSTILE, about: HOSTILE, at: 0, words: HOSTILE };
const standing: z.input<typeof StandingView> = {
  ...{ version: 1, provedAt: 0, tests: 1, invariants: 0 },
  broken: [{ ...claim, place: { file: HOSTILE, line: 1, column: 1 }, since: 0, causes: [cause] }],
};

let at: RunningServer;
beforeAll(async () => {
  const { blocks, token, revokedAt, expected, state, stateAt, inventory, ...view } = host;
  const routes = [
    route({
      method: "GET",
      path: "/api/v1/hosts",
      role: "viewer",
      summary: "hostile hosts",
      query: z.strictObject({ revoked: z.string().optional() }),
      answer: z.array(HostView),
      handler: () => [view],
    }),
    route({
      method: "GET",
      path: "/api/v1/hosts/:name",
      role: "viewer",
      summary: "a hostile host",
      params: z.strictObject({ name: z.string() }),
      answer: HostDetails,
      handler: () => host,
    }),
    route({
      method: "GET",
      path: "/api/v1/standing",
      role: "viewer",
      summary: "a hostile test of the policy",
      answer: StandingView,
      handler: () => standing,
    }),
  ];
  at = await runServer({ routes });
});
afterAll(() => at?.[Symbol.asyncDispose]());

/** What a terminal gets. */
async function shown(...words: readonly string[]): Promise<string> {
  const asked = promisify(execFile)(BULKHEAD, [...words, "--data-dir", at.directory]);
  const { stdout, stderr } = await asked.catch((error) => error as { stdout: string; stderr: string });
  return `${stdout}${stderr}`;
}

test.each([[["hosts"]], [["host", "show", "web-1"]]])(
  "%j shows it, and does nothing of it",
  async (words) => {
    const text = await shown(...words);
    expect(text).toContain("<script>alert(1)</script>");
    expect(text).not.toMatch(ACTS);
  },
);

test("JSON has it whole, its control characters escaped", async () => {
  const text = await shown("host", "show", "web-1", "--json");
  expect(JSON.parse(text).inventory.hostname).toBe(HOSTILE);
  expect(text).not.toContain("\u001b");
  expect(text).not.toMatch(/\nroot#/);
});
