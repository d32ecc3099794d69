import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const LEFTOVERS = join(import.meta.dirname, "leftovers.ts");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-leftovers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is told after these lines of shell, which run in a session of their own; the processes that they note as `$left` are ended. */
function leftAfter(lines: string): { readonly code: number | null; readonly told: string } {
  const script = `left=; ${lines}\ncode=0; "$0" "$1" "$2" || code=$?; [ -z "$left" ] || kill $left; exit $code`;
  const words = ["--wait", "sh", "-c", script, process.execPath, LEFTOVERS, folder];
  const { status, stdout } = spawnSync("setsid", words, { encoding: "utf8" });
  return { code: status, told: stdout };
}

test("a run that leaves nothing is told nothing of, whatever other programs left in its folder", () => {
  mkdirSync(join(folder, "org.chromium.Chromium.x"));
  expect(leftAfter(":")).toEqual({ code: 0, told: "" });
});

test("a folder or file of ours is named", () => {
  writeFileSync(join(folder, "bulkhead-http-abc"), "");
  expect(leftAfter(":")).toEqual({ code: 1, told: `left behind: ${join(folder, "bulkhead-http-abc")}\n` });
});

test("a process whose parent has ended is named; one that somebody still has in hand is not", () => {
  const mark = "62.5";
  const ofNobody = `left=$(sh -c 'sleep ${mark} >/dev/null 2>&1 & echo $!')`;
  expect(leftAfter(ofNobody)).toEqual({
    code: 1,
    told: expect.stringMatching(/^left running: \d+ sleep 62\.5\n$/),
  });
  expect(leftAfter(`sleep ${mark} >/dev/null 2>&1 & left=$!`)).toEqual({ code: 0, told: "" });
});
