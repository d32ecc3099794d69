/** Receivers as an operator sets them up: the real program, a real server process, and what arrives. */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shell } from "@bulkhead/server/cli/fixtures/shell.ts";
import { type HttpsReceiver, httpsReceiver } from "@bulkhead/server/exports/fixtures/https-receiver.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LoneServer } from "../centre/lone-server.ts";

const SECRET = "a-secret-that-is-told-to-nobody";
const TOKEN = "a-token-that-is-told-to-nobody";

let directory: string;
let server: LoneServer;
let hook: HttpsReceiver;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-receivers-"));
  const program = join(directory, "page-desk");
  writeFileSync(program, `#!/bin/sh\ncat >>${directory}/paged\n`);
  chmodSync(program, 0o755);
  const commands = { formatVersion: 1, commands: { "page-desk": { program } } };
  writeFileSync(join(directory, "commands.json"), JSON.stringify(commands), { mode: 0o600 });
  hook = await httpsReceiver();
  writeFileSync(join(directory, "ca.pem"), hook.ca);
  writeFileSync(join(directory, "headers"), `Authorization: Bearer ${TOKEN}\n`, { mode: 0o600 });
  server = await start();
});
const start = () =>
  LoneServer.start(join(directory, "centre"), ["--commands", join(directory, "commands.json")]);
afterAll(async () => {
  await server?.end();
  await hook?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const bulkhead = (words: string, input = "") =>
  shell(`bulkhead ${words}`, { cwd: directory, input, env: { BULKHEAD_DATA_DIR: server.directory } });
const addHook = (name: string, more = "") =>
  bulkhead(
    `receiver add ${name} --kind webhook --to ${hook.url} --ca ca.pem --what alerts,events --secret-file - --headers-file headers ${more}`,
    `${SECRET}\n`,
  );

test("a receiver is added, tried, and told; its secrets are shown to nobody and written nowhere else", async () => {
  const added = await addHook("siem", "--json");
  expect(added).toMatchObject({ exit: 0, err: "" });
  expect(JSON.parse(added.out)).toMatchObject({
    receiver: { name: "siem", state: "delivering", secrets: ["secret", "Authorization"] },
  });
  expect(await bulkhead("receiver test siem")).toEqual({ out: "siem took it\n", err: "", exit: 0 });
  await hook.until((received) => received.some(({ body }) => body.includes('"receiver-added"')));
  expect(hook.received[0]?.headers).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    "bulkhead-signature": expect.stringMatching(/^t=\d+,v1=[0-9a-f]{64}$/),
  });
  const shown = await Promise.all(
    [
      "receiver show siem",
      "receiver show siem --json",
      "receiver list --json",
      "history --json",
      "audit --json",
    ].map((words) => bulkhead(words)),
  );
  const said = [
    ...shown.map(({ out, err }) => out + err),
    server.said,
    ...hook.received.map(({ body }) => body),
  ].join();
  expect(said).toContain("receiver-added");
  expect(said).not.toContain(SECRET);
  expect(said).not.toContain(TOKEN);
});

test("a paused receiver is told what it missed once it is resumed, over a restart of the server as well", async () => {
  expect(await bulkhead("receiver pause siem")).toMatchObject({
    exit: 0,
    out: expect.stringContaining("siem is paused"),
  });
  await bulkhead("token create --addresses 10.0.0.0/8");
  const before = hook.received.length;
  await server.end();
  server = await start();
  expect(await bulkhead("receiver list")).toMatchObject({ out: expect.stringContaining("paused") });
  expect(hook.received.slice(before)).toEqual([]);
  expect(await bulkhead("receiver resume siem")).toMatchObject({ exit: 0 });
  await hook.until((received) => received.some(({ body }) => body.includes('"join-token-made"')));
});

test("one that does not take it is failing, in words and by exit code", async () => {
  hook.answer = () => ({ status: 401 });
  expect(await bulkhead("receiver test siem")).toMatchObject({
    exit: 1,
    out: expect.stringContaining("answers with status 401"),
  });
  await hook.until((received) => received.at(-1)?.body.includes('"receiver-tested"') === true);
  hook.answer = () => ({ status: 200 });
});

test("a command is one of those that the server was started with, and nothing else about it comes from here", async () => {
  expect(await bulkhead("receiver add desk --kind command --to page-desk")).toMatchObject({ exit: 0 });
  expect(await bulkhead("receiver test desk")).toMatchObject({ exit: 0 });
  expect(JSON.parse(readFileSync(join(directory, "paged"), "utf8"))).toMatchObject({
    event: { kind: "receiver-tested" },
  });
  for (const to of ["/bin/sh", "sh", "../page-desk"])
    expect(await bulkhead(`receiver add other --kind command --to ${to}`)).toMatchObject({
      exit: 2,
      err: expect.stringContaining(`the server was not started with a command '${to}', but with page-desk`),
    });
});

test.each([
  ["--kind webhook --to http://example.org/", "expected https://HOST/PATH, or http:// on loopback"],
  ["--kind syslog --to siem.example:514", "expected tls://HOST:PORT, tcp:// or udp://"],
  ["--kind webhook --to https://a.example/ --secret-file short", "expected 16 characters or more"],
])("receiver add %s: %s", async (words, said) => {
  writeFileSync(join(directory, "short"), "short");
  expect(await bulkhead(`receiver add wrong ${words}`)).toMatchObject({
    exit: 2,
    err: expect.stringContaining(said),
  });
});

test("what is removed is told nothing, and its name is free", async () => {
  expect(await bulkhead("receiver remove siem")).toMatchObject({ exit: 0 });
  expect(await bulkhead("receiver show siem")).toMatchObject({
    exit: 2,
    err: expect.stringContaining("server/no-receiver"),
  });
  expect(await addHook("siem")).toMatchObject({ exit: 0 });
});
