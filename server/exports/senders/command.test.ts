/** Programs that alerts are given to: real ones. */

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alertItem, ORIGIN } from "../fixtures/samples.ts";
import { type KnownCommand, readCommands } from "../known-commands.ts";
import { Turns } from "../turns.ts";
import { Command } from "./command.ts";

const here = { directory: "" };
beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-command-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const at = (name: string) => join(here.directory, name);
const never = new AbortController().signal;

function program(text: string): string {
  const path = at("program");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const sender = (command: KnownCommand | undefined, turns = new Turns(4)) =>
  new Command({ command, name: "page", format: "json", origin: ORIGIN, turns });
const known = (text: string, args: readonly string[] = [], timeoutSeconds = 30): KnownCommand => ({
  ...{ program: program(text), args, timeoutSeconds },
});

test("the alert comes on standard input; arguments and environment are the server's own, and nothing is a shell's", async () => {
  process.env.BULKHEAD_SECRET_OF_A_TEST = "x";
  const command = known(
    `cat >${at("input")}; env >${at("environment")}; printf '%s\\n' "$@" >${at("arguments")}`,
    ["$(id)", "; rm -rf /"],
  );
  expect(await sender(command).send([alertItem()], never)).toEqual({ refused: 0 });
  delete process.env.BULKHEAD_SECRET_OF_A_TEST;
  const given = JSON.parse(readFileSync(at("input"), "utf8"));
  expect(given).toMatchObject({
    kind: "alert",
    change: "opened",
    alert: { kind: "port-scan", severity: "critical" },
  });
  expect(readFileSync(at("arguments"), "utf8")).toBe("$(id)\n; rm -rf /\n");
  const names = readFileSync(at("environment"), "utf8").match(/^\w+(?==)/gm) ?? [];
  expect(names.filter((name) => !["PWD", "SHLVL", "_"].includes(name)).sort()).toEqual(["LANG", "PATH"]);
});

test("a program that fails, is missing, or is not one of the server's, has not told anybody", async () => {
  const failing = sender(known("exit 7")).send([alertItem()], never);
  await expect(failing).rejects.toThrow(/ended with exit code 7/);
  const missing = sender({ program: at("nothing"), args: [], timeoutSeconds: 1 }).send([alertItem()], never);
  await expect(missing).rejects.toThrow(/ENOENT/);
  await expect(sender(undefined).send([alertItem()], never)).rejects.toThrow(/without the command 'page'/);
});

test("a program that does not read what it is given may succeed", async () => {
  expect(await sender(known("exec <&-; exit 0")).send([alertItem()], never)).toEqual({ refused: 0 });
});

test("one that does not end is ended, with all that it has started", async () => {
  execFileSync("mkfifo", [at("held")]);
  const held = createReadStream(at("held"));
  const command = known(`sleep 600 >${at("held")} & wait`, [], 0.5);
  await expect(sender(command).send([alertItem()], never)).rejects.toThrow(/had not ended after 0.5 s/);
  // Who holds the other end is gone only with the last of them.
  await once(held.resume(), "end");
});

test("so many run at a time, and one that waits goes when the server does", async () => {
  const turns = new Turns(1);
  const slow = known(`echo $$ >${at("began")}; sleep 600`);
  const end = new AbortController();
  const both = [1, 2].map(() => sender(slow, turns).send([alertItem()], end.signal));
  end.abort(new Error("the server stops"));
  const outcomes = await Promise.allSettled(both);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test("the file of commands is read strictly, and is its owner's alone to write", () => {
  const path = at("commands.json");
  const write = (commands: object) =>
    writeFileSync(path, JSON.stringify({ formatVersion: 1, commands }), { mode: 0o600 });
  write({ page: { program: "/usr/local/bin/page", arguments: ["--team", "ops"], timeoutSeconds: 5 } });
  expect(readCommands(path).get("page")).toEqual({
    program: "/usr/local/bin/page",
    args: ["--team", "ops"],
    timeoutSeconds: 5,
  });
  chmodSync(path, 0o620);
  expect(() => readCommands(path)).toThrow(/nobody else's to write/);
  chmodSync(path, 0o600);
  write({ page: { program: "page" } });
  expect(() => readCommands(path)).toThrow(/begins with \//);
  write({ page: { program: "/bin/true", shell: true } });
  expect(() => readCommands(path)).toThrow(/shell/);
  expect(() => readCommands(at("none"))).toThrow(/ENOENT/);
  expect(readCommands(undefined).size).toBe(0);
});
