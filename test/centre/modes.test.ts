/** `mode`: a segment's mode as a version like any other, on a real server. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BULKHEAD } from "../estate/place.ts";
import { LoneServer } from "./lone-server.ts";

const POLICY = `# ours
segments:
  web: { select: "role=web", mode: observe }   # not yet
  db:
    select: "role=db"
  office: { addresses: [198.51.100.0/24] }
rules: []
`;

const directory = mkdtempSync(join(tmpdir(), "bulkhead-modes-"));
let server: LoneServer;
beforeAll(async () => {
  server = await LoneServer.start(join(directory, "data"));
  writeFileSync(join(directory, "policy.yaml"), POLICY);
  await ask("push", join(directory, "policy.yaml"));
  await ask("provision", "1");
});
afterAll(async () => {
  await server?.end();
  rmSync(directory, { recursive: true, force: true });
});

interface Told {
  readonly code: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function ask(...words: readonly string[]): Promise<Told> {
  return new Promise((resolve) => {
    execFile(BULKHEAD, [...words, "--data-dir", server.directory], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? undefined), stdout, stderr }),
    );
  });
}

const textOf = async (version: number) =>
  (await server.client.get<{ text: string }[]>(`/api/v1/policies/${version}/files`))[0]?.text;

test("what segments say is shown, and changed in place in a version of its own, with author and message", async () => {
  const draft = await ask("mode", "db", "enforce", "--ingress", "--draft");
  expect([draft.code, draft.stdout]).toEqual([
    0,
    expect.stringContaining("version 2: mode of db: ingress enforce (version 1 otherwise)"),
  ]);
  expect(await textOf(2)).toBe(POLICY.replace('"role=db"\n', '"role=db"\n    mode: { ingress: enforce }\n'));
  // From the active version: a draft that waits is not brought along.
  const closed = await ask("mode", "web", "enforce", "-m", "close web");
  expect([closed.code, closed.stdout]).toEqual([
    0,
    expect.stringContaining("version 3 is the active policy"),
  ]);
  expect(await textOf(3)).toBe(POLICY.replace("observe", "enforce"));
  const [newest] = await server.client.get<{ author: string; message: string }[]>("/api/v1/policies");
  expect(newest).toMatchObject({ message: "close web", author: expect.stringMatching(/./) });
  const { version, segments } = JSON.parse((await ask("mode", "--json")).stdout);
  expect([version, segments]).toEqual([
    3,
    [
      { segment: "web", ingress: "enforce", egress: "enforce", hosts: 0 },
      { segment: "db", ingress: null, egress: null, hosts: 0 },
    ],
  ]);
  expect((await ask("mode", "web", "enforce")).stdout).toContain("says so already in version 3");
});

test("a segment without `select`, one that is not there, and half a question are refused", async () => {
  const office = await ask("mode", "office", "enforce");
  expect([office.code, office.stderr]).toEqual([
    2,
    expect.stringContaining("only hosts that 'select' finds have a mode"),
  ]);
  expect((await ask("mode", "wbe", "enforce")).stderr).toContain("did you mean 'web'?");
  expect((await ask("mode", "web")).code).toBe(2);
  const early = await ask("mode", "web", "off", "--hold", "5m");
  expect([early.code, early.stderr]).toEqual([2, expect.stringContaining("--hold is for --waves")]);
});

test("in waves it is a rollout like any other", async () => {
  const number = (await server.client.get<{ number: number }[]>("/api/v1/policies"))[0]?.number ?? 0;
  const begun = await ask("mode", "db", "observe", "--waves", "1,100%", "--hold", "1s", "--follow");
  expect([begun.code, begun.stdout]).toEqual([
    0,
    expect.stringMatching(/rollout 1 has begun[\s\S]*done after/),
  ]);
  const shown = JSON.parse((await ask("rollout", "--json")).stdout);
  expect(shown.rollout).toMatchObject({ state: "done", base: 3, waves: [{ asked: "100%", hosts: 0 }] });
  expect(shown.rollout.version).toBeGreaterThan(number);
  expect((await ask("provision", "1", "--waves", "ten")).stderr).toContain("'ten' is no wave");
});
