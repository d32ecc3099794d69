/** The link that a server prints as it starts, on a real server: whoever reads the journal could use it. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LoneServer } from "./lone-server.ts";

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "bulkhead-link-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test("a server prints a sign-in link until an administrator has another way in, and keeps its history", async () => {
  const directory = join(scratch, "data");
  const says = async (work: (server: LoneServer) => Promise<unknown>) => {
    const server = await LoneServer.start(directory);
    try {
      await work(server);
      return /\/signin\/[\w-]{43}/.test(server.said);
    } finally {
      await server.end();
    }
  };
  const isFirst = await says(async ({ client }) => {
    const anna = { name: "anna", role: "administrator", password: "correct horse battery" };
    await client.post("/api/v1/accounts", anna);
    await client.send("DELETE", "/api/v1/accounts/administrator");
  });
  const kept: { accounts?: readonly { name: string }[]; history?: readonly { kind: string }[] } = {};
  const isThere = await says(async ({ client }) => {
    kept.accounts = await client.get("/api/v1/accounts");
    kept.history = await client.get("/api/v1/history");
    await client.post("/api/v1/accounts/anna/disable");
  });
  expect([isFirst, isThere, await says(async () => {})]).toEqual([true, false, true]);
  // Whoever takes the first account away does not find it again.
  expect(kept.accounts?.map(({ name }) => name)).toEqual(["anna"]);
  expect(kept.history?.map(({ kind }) => kind)).toContain("account-removed");
});
