import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "@bulkhead/terminal/command.ts";
import { Output, type Terminal } from "@bulkhead/terminal/output.ts";
import { run } from "@bulkhead/terminal/program.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RUN_OPTIONS } from "../options.ts";
import { PROGRAM } from "../program.ts";
import { configured } from "./configured.ts";
import { readConfiguration } from "./file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-configuration-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

function file(text: string): string {
  const path = join(folder, "agent.yaml");
  writeFileSync(path, text);
  return path;
}

const terminal: Terminal = {
  program: "bulkhead-agent",
  out: new Output(process.stdout),
  err: new Output(process.stderr),
};

/** What `run` is given by this file and these words. */
async function given(text: string, ...words: string[]): Promise<Record<string, unknown>> {
  const settings = await readConfiguration(file(text));
  let seen: Record<string, unknown> = {};
  const spy = command({
    ...{ name: "run", usage: "", summary: "", positionals: {}, examples: [] },
    options: { ...RUN_OPTIONS },
    run: async (options) => {
      seen = { ...options };
      return 0;
    },
  });
  await run(
    configured({ ...PROGRAM, commands: [spy] }, () => settings),
    ["run", ...words],
    terminal,
  );
  return seen;
}

test("a file of comments sets nothing", async () => {
  expect(await readConfiguration(file("# policy: /etc/bulkhead/policy\n\n  # floor: x\n#"))).toEqual({});
  expect(await readConfiguration(file(""))).toEqual({});
  expect(await readConfiguration(undefined)).toEqual({});
});

test("what the file sets is what an option would have set", async () => {
  const text =
    "policy: /etc/p\nfloor: [a, b]\nas: 1e3\nmetrics-port: 9750\nlog-level: warn\nct-mark-mask: 0x0f000000\nstate-dir: /srv/state\n";
  expect(await given(text)).toMatchObject({
    policy: ["/etc/p"],
    floor: ["a", "b"],
    as: "1e3",
    "metrics-port": 9750,
    "log-level": "warn",
    "ct-mark-mask": 0x0f000000,
    "state-dir": "/srv/state",
  });
});

test("the command line goes before the environment, the environment before the file", async () => {
  const text = "state-dir: /file\nlog-level: warn\npolicy: [a, b]";
  vi.stubEnv("BULKHEAD_STATE_DIR", "/environment");
  expect((await given(text))["state-dir"]).not.toBe("/file");
  const options = await given(text, "--state-dir", "/line", "--log-level", "error", "--policy", "c");
  expect(options).toMatchObject({ "state-dir": "/line", "log-level": "error", policy: ["c"] });
});

test("other commands take what they share with the daemon, and not what is only called alike", async () => {
  const { commands } = configured(PROGRAM, () => ({ as: "web-1", "state-dir": "/srv/state" }));
  const defaults = (name: string) => {
    const options = commands.find((one) => one.name === name)?.options ?? {};
    return [options.as?.default, options["state-dir"]?.default];
  };
  expect(defaults("status")).toEqual(["web-1", "/srv/state"]);
  expect(defaults("join")).toEqual([undefined, "/srv/state"]);
});

test.each([
  ["flor: x", "agent.yaml:1:1: there is no setting 'flor'; did you mean 'floor'?"],
  ["colour: x", "there is no setting 'colour'; expected one of policy, floor,"],
  ["a: 1\nmetrics-port: many", "agent.yaml:2:1: 'metrics-port' is the text 'many', expected a number"],
  ["metrics-port: 70000", "metrics-port is '70000', expected a number from 0 to 65535"],
  ["log-level: loud", "'log-level' is the text 'loud', expected one of debug, info, warn, error"],
  ["policy: [1]", "'policy' is a list, expected a path or a list of paths"],
  ["policy: {a: b}", "'policy' is a map, expected a path or a list of paths"],
  ["as:", "'as' is nothing, expected text"],
  ["as: a\nas: b", "given twice"],
  ["as: a\nas: b\nas: c", "given twice"],
  ["- as", "this is a list, expected settings"],
  ["as: [", "agent.yaml:1:"],
  ["__proto__: x", "there is no setting '__proto__'"],
])("%j is refused with its place", async (text, words) => {
  await expect(readConfiguration(file(text))).rejects.toMatchObject({
    code: "command/invalid-configuration",
    message: expect.stringContaining(words),
  });
});

test("all that is wrong is said at once", async () => {
  await expect(readConfiguration(file("flor: a\nlog-level: loud\n"))).rejects.toThrow(/'flor'.*'log-level'/);
});

test("a file that is named and cannot be read, or is too large, is an error", async () => {
  await expect(readConfiguration(join(folder, "none.yaml"))).rejects.toMatchObject({
    code: "command/invalid-configuration",
  });
  await expect(readConfiguration(file(`# ${"x".repeat(70_000)}`))).rejects.toThrow(/65536 are the most/);
});

test("a broken file is the failure of the command that needs it", async () => {
  const broken = configured(PROGRAM, () => {
    throw new RangeError("broken");
  });
  await expect(run(broken, ["status"], terminal)).rejects.toThrow("broken");
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  expect(await run(broken, ["--help"], terminal)).toBe(0);
  expect(log).toHaveBeenCalled();
  log.mockRestore();
});
