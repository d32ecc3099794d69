/** FAULTS.md, rows 37, 38 and 41: a server that is killed, whose disk is full, that is given too much. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ApiParts } from "@bulkhead/server/api/parts.ts";
import { apiRoutes } from "@bulkhead/server/api/routes.ts";
import type { ApiClient } from "@bulkhead/server/client/api-client.ts";
import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LoneServer } from "./lone-server.ts";

const KILLS = 3;
const isRoot = process.getuid?.() === 0;
let scratch: string;
let server: LoneServer | undefined;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "bulkhead-trouble-"));
});
afterEach(async () => {
  await server?.end();
  rmSync(scratch, { recursive: true, force: true });
});

const policyFile = (name: string) => ({
  files: [{ name: "policy.yaml", text: `rules: [{ name: ${name}, allow: tcp/443, from: any, to: any }]` }],
  message: name,
});

interface Acknowledged {
  readonly pushed: number[];
  readonly tokens: string[];
}

/** Pushes and makes tokens until the server is gone; `begun` with the first that was acknowledged, `done` gives all that were. */
function busy(
  client: ApiClient,
  round: number,
): { readonly begun: Promise<void>; readonly done: Promise<Acknowledged> } {
  const [pushed, tokens]: [number[], string[]] = [[], []];
  const begun = Promise.withResolvers<void>();
  const until = async (work: (turn: number) => Promise<void>) => {
    try {
      for (let turn = 0; ; turn++) await work(turn);
    } catch {
      // Killed.
    }
  };
  const work = Promise.all([
    until(async (turn) => {
      const { number } = await client.post<{ number: number }>(
        "/api/v1/policies",
        policyFile(`r${round}-${turn}`),
      );
      pushed.push(number);
      begun.resolve();
      await client.post(`/api/v1/policies/${number}/provision`);
    }),
    until(async () => {
      const body = { labels: {}, addresses: ["10.0.0.0/8"], uses: 1, expiresInSeconds: 3_600 };
      tokens.push((await client.post<{ id: string }>("/api/v1/join-tokens", body)).id);
    }),
  ]);
  return { begun: begun.promise, done: work.then(() => ({ pushed, tokens })) };
}

test("every question without parameters is answered as its schema says, before there is a policy and after", async () => {
  server = await LoneServer.start(join(scratch, "data"));
  const { client } = server;
  const asked = apiRoutes({} as ApiParts).filter(
    // What is asked about oneself needs somebody who has signed in, and about an identity provider one that is set; evidence is of a segment, and has its own tests.
    ({ method, path }) => method === "GET" && /^\/api\/v1\/(?!me\/|identity\/|evidence)[^:]*$/.test(path),
  );
  expect(asked.length).toBeGreaterThan(10);
  const answers = async (mayRefuse: readonly string[]) => {
    for (const { path, query } of asked) {
      const needs = [{}, { since: 1 }, { since: 1, until: 2 }].find((some) => query?.safeParse(some).success);
      const said = await client.text(path, needs).catch((error: BulkheadError) => error.code);
      if (!mayRefuse.includes(said)) expect(said, path).toMatch(/^[[{]|^null$/);
    }
  };
  await answers(["server/no-version"]);
  const { number } = await client.post<{ number: number }>("/api/v1/policies", policyFile("first"));
  await client.post(`/api/v1/policies/${number}/provision`);
  await answers([]);
});

test("kill -9 at any moment: what was acknowledged is there", async () => {
  const directory = join(scratch, "data");
  const [pushed, tokens]: [number[], string[]] = [[], []];
  for (let round = 0; round < KILLS; round++) {
    server = await LoneServer.start(directory);
    const { begun, done } = busy(server.client, round);
    await begun;
    await pause(Math.random() * 200);
    await server.end("SIGKILL");
    const acknowledged = await done;
    pushed.push(...acknowledged.pushed);
    tokens.push(...acknowledged.tokens);
  }
  server = await LoneServer.start(directory);
  const versions = await server.client.get<{ number: number; active: boolean }[]>("/api/v1/policies");
  const numbers = versions.map(({ number }) => number);
  expect(pushed.length).toBeGreaterThanOrEqual(KILLS);
  expect(pushed.filter((number) => !numbers.includes(number))).toEqual([]);
  // None is there in part, and none twice.
  expect(new Set(numbers).size).toBe(numbers.length);
  expect([...numbers].sort((a, b) => a - b)).toEqual(numbers.map((_, at) => at + 1));
  const known = await server.client.get<{ id: string }[]>("/api/v1/join-tokens");
  expect(tokens.filter((id) => !known.some((token) => token.id === id))).toEqual([]);
});

describe.runIf(isRoot)("a disk that is full (needs root, to mount a small one)", () => {
  const disk = () => join(scratch, "disk");
  beforeEach(() => {
    mkdirSync(disk());
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", disk()]);
  });
  afterEach(async () => {
    await server?.end();
    execFileSync("umount", [disk()]);
  });

  test("changes are refused with a reason, everything is still answered, and with room all goes on", async () => {
    const directory = join(disk(), "data");
    server = await LoneServer.start(directory);
    const { client } = server;
    const { number } = await client.post<{ number: number }>("/api/v1/policies", policyFile("first"));
    await client.post(`/api/v1/policies/${number}/provision`);
    fill(join(disk(), "ballast"));
    const refused = await attempts(client);
    expect(refused).toBe("server/store-full");
    expect(server.isRunning).toBe(true);
    expect(await client.get<object[]>("/api/v1/policies")).toMatchObject([{ number, active: true }]);
    truncateSync(join(disk(), "ballast"), 0);
    const next = await client.post<{ number: number }>("/api/v1/policies", policyFile("with-room"));
    await client.post(`/api/v1/policies/${next.number}/provision`);
    await server.end();
    server = await LoneServer.start(directory);
    expect(await server.client.get<object[]>("/api/v1/policies")).toContainEqual(
      expect.objectContaining({ number: next.number, active: true }),
    );
  });
});

/** Leaves no byte. */
function fill(path: string): void {
  const { bavail, bsize } = statfsSync(join(path, ".."));
  writeFileSync(path, "");
  for (let block = bavail * bsize; block >= 1; block = Math.floor(block / 2))
    try {
      writeFileSync(path, Buffer.alloc(block), { flag: "a" });
    } catch {
      // A smaller piece may still fit.
    }
}

/** Changes until the store has no room; gives the code of the refusal. The log of the database may have room of its own for a while. */
async function attempts(client: ApiClient): Promise<string> {
  for (let turn = 0; turn < 500; turn++)
    try {
      await client.post("/api/v1/policies", policyFile(`full-${turn}`));
    } catch (error) {
      return (error as BulkheadError).code;
    }
  return "none of them was refused";
}

describe("too much is refused with numbers", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
    .split("")
    .map(
      (name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefg"[at]}`).join(",")}]`,
    )
    .join("\n")}\n`;
  const million = `rules:\n${"- {allow: tcp/1,from: any,to: any}\n".repeat(230_000)}`;

  test("a YAML bomb, a million rules, a body without end", async () => {
    server = await LoneServer.start(join(scratch, "data"));
    const push = async (text: string) =>
      server?.client
        .post<{ number: number | null; problems: { message: string }[] }>("/api/v1/policies", {
          files: [{ name: "policy.yaml", text }],
          message: "",
        })
        .catch((error: BulkheadError) => ({
          number: null,
          problems: [{ message: `${error.code} ${error.message}` }],
        }));
    for (const [text, words] of [
      [bomb, /alias|expand|limit/i],
      [million, /\d{5,}/],
      ["x".repeat(40 * 2 ** 20), /server\/too-large.*\d+/],
    ] as const) {
      const answer = await push(text);
      expect(answer?.number).toBeNull();
      expect(answer?.problems[0]?.message).toMatch(words);
    }
    expect(await server.client.get("/api/v1/policies")).toEqual([]);
  });
});
