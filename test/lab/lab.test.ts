import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CHECKOUT } from "../estate/place.ts";
import { missing } from "../readme/quotes.ts";
import { MAIN, Run, TIMEOUT } from "./run.ts";

const README = readFileSync(join(CHECKOUT, "README.md"), "utf8");
const isRoot = process.getuid?.() === 0;
const AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** Whether an account without rights can read this checkout: not where it lies in somebody's home. */
function nobodyCanRead(): boolean {
  try {
    execFileSync("setpriv", [...AS_NOBODY.slice(1), "test", "-r", MAIN]);
    return isRoot;
  } catch {
    return false;
  }
}

describe("npm start", { timeout: TIMEOUT }, () => {
  test("tells its story by itself, also without root, in the words that the README quotes", async () => {
    await using run = new Run(["--once"], nobodyCanRead() && isRoot ? AS_NOBODY : []);
    expect(await run.ended(), run.output).toBe(0);
    expect(run.output).toContain("The intruder is out, and the shop goes on.");
    expect(missing(README, "npm start -- --once", run.output), run.output).toEqual([]);
    expect(run.leftovers()).toEqual([]);
  });

  test("proves every connection of the example, and that an open session is cut alone", async () => {
    await using run = new Run(["prove", "--once"]);
    expect(await run.ended(), run.output).toBe(0);
    expect(run.output).toContain("Everything did what the policy says.");
    expect(run.output).toMatch(/✗ rep-1 → db-1 tcp\/5432 +cut: \d+ messages answered, none after the change/);
    expect(run.output.match(/✓ .* lives: (\d+) of \1 messages answered/g)).toHaveLength(3);
    expect(run.leftovers()).toEqual([]);
  });

  test.concurrent.each([
    ["--once", "in network namespaces"],
    ["--once", "the server is ready"],
    ["prove", "the policy is sound"],
  ])("%s: leaves nothing behind when it is interrupted after '%s'", async (word, moment) => {
    await using run = new Run([word, "--once"]);
    await run.line(moment);
    run.interrupt();
    expect(await run.ended(), run.output).toBe(130);
    expect(run.leftovers()).toEqual([]);
  });

  test("says which option it does not know, which fault there is not, and that nothing is up; and builds nothing", async () => {
    const refused = [
      [["--nonsense"], 2, "--nonsense"],
      [["break", "fluhs"], 2, "did you mean 'flush'?"],
      [["break", "--lab", "1", "flush"], 3, " up"],
    ] as const;
    for (const [words, code, said] of refused) {
      await using run = new Run(words);
      expect(await run.ended(), run.output).toBe(code);
      expect(run.output).toContain(said);
    }
  });
});
