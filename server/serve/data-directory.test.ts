import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdDataDirectory } from "./data-directory.ts";

const here = { directory: "" };
beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-directory-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const HOLD = `const { holdDataDirectory } = await import(process.argv[1]);
const held = holdDataDirectory(process.argv[2]);
process.stdout.write("held");
setInterval(() => held, 60_000);`;

test("one process at a time has the directory; another is told which", () => {
  const held = holdDataDirectory(here.directory);
  expect(() => holdDataDirectory(here.directory)).toThrow(`in use by process ${process.pid}`);
  held[Symbol.dispose]();
  holdDataDirectory(here.directory)[Symbol.dispose]();
});

test("a process that is killed holds it no longer", async () => {
  const module = new URL("data-directory.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "-e", HOLD, module, here.directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  expect(() => holdDataDirectory(here.directory)).toThrow(`in use by process ${child.pid}`);
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  holdDataDirectory(here.directory)[Symbol.dispose]();
});
