/** `npm start`: by itself, and staying open with every fault that another terminal can ask for. Both at a time, as most of it is waiting. */

import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKOUT, PINNED_NODE } from "../estate/place.ts";
import { missing, quotesOf } from "../readme/quotes.ts";
import { FAULTS } from "./faults/faults.ts";
import { MAIN, Run, TIMEOUT } from "./run.ts";

const README = readFileSync(join(CHECKOUT, "README.md"), "utf8");
const QUOTED = new Set(quotesOf(README).map(({ command }) => command));
/** During one nothing is stopped, during the other everything, as it is meant. */
const OPEN_FOR_A_WHILE = new Set(["flush", "lock-out"]);
/** Of those that are there at a time, each does one thing after the other. */
const IN_TURN = { concurrent: false } as const;
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

describe.concurrent("npm start", { timeout: TIMEOUT }, () => {
  test(
    "tells its story by itself, also without root, in the words that the README quotes",
    IN_TURN,
    async () => {
      await using run = new Run(["--once"], nobodyCanRead() && isRoot ? AS_NOBODY : []);
      expect(await run.ended(), run.output).toBe(0);
      expect(run.output).toContain("The intruder is out, and the shop goes on.");
      expect(missing(README, "npm start -- --once", run.output), run.output).toEqual([]);
      expect(run.leftovers()).toEqual([]);
    },
  );

  test("proves every connection of the example, and that an open session is cut alone", IN_TURN, async () => {
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

  test(
    "says which option it does not know, which fault there is not, and that nothing is up; and builds nothing",
    IN_TURN,
    async () => {
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
    },
  );
});

/** As a browser asks whose user has accepted the certificate. */
async function answerOf(url: string): Promise<IncomingMessage> {
  const asked = get(url, { rejectUnauthorized: false, agent: false });
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  answer.resume();
  return answer;
}

const describeAsRoot = isRoot ? describe.concurrent : describe.skip;

describeAsRoot("a shop that stays open", { timeout: TIMEOUT }, () => {
  let run: Run;
  beforeAll(async () => {
    run = new Run(["--stay"]);
    await run.line("the intruder has a session open");
  }, TIMEOUT);
  afterAll(() => run?.[Symbol.asyncDispose]());

  /** Another terminal. */
  async function besides(...words: readonly string[]): Promise<string> {
    const [verb = "", ...rest] = words;
    const command = [MAIN, verb, "--lab", String(run.child.pid), ...rest];
    return (await promisify(execFile)(PINNED_NODE, command)).stdout;
  }

  test(
    "has one link, which leads from this machine to the server in its network of its own, and signs in",
    IN_TURN,
    async () => {
      const [link = ""] = /https:\/\/127\.0\.0\.1:\d+\/signin\/\S+/.exec(run.output) ?? [];
      expect(await answerOf(link)).toMatchObject({ statusCode: 303, headers: { location: "/" } });
    },
  );

  test("lets one look around on its hosts", IN_TURN, async () => {
    expect(await besides("exec", "db-1", "hostname")).toBe("db-1\n");
  });

  /** What each says, beside what all say: each prints what happened in milliseconds and packets. */
  const SAYS: Readonly<Record<string, readonly RegExp[]>> = {
    kill: [/^ {2}✓ the kernel's table is the one from before, byte for byte$/m],
    stop: [
      /^ {2}✓ started again: it answers after [\d,]+ ms$/m,
      /^ {2}✓ all 7 hosts are connected and in sync/m,
    ],
    flush: [/^ {2}✓ seen and mended by its agent in [\d,]+ ms/m, /got through$/m],
    "lock-out": [
      /^ {2}version 2 lets nobody in anywhere: locked out of cards-1 after [\d,]+ ms$/m,
      /^ {2}✓ in again after [\d,]+ ms: the kernel went back by itself$/m,
      /^ {2}✓ version 1 is active again on all hosts, and version 2 is only a draft$/m,
    ],
    certificate: [
      /: the host's certificate has expired$/m,
      /^ {2}✓ the agent goes on: a new certificate, connected and in sync after [\d,]+ ms$/m,
    ],
  };

  test.for(FAULTS.map(({ name }) => name))(
    "break %s: says what happened, and leaves all as it was",
    IN_TURN,
    async (fault) => {
      const command = `npm start -- break ${fault}`;
      const said = await besides("break", fault);
      for (const words of SAYS[fault] ?? ["nothing is known of this fault"]) expect(said).toMatch(words);
      if (fault !== "lock-out")
        expect(said).toMatch(/✓ the allowed session .*: all of [\d,]+ messages answered/);
      if (!OPEN_FOR_A_WHILE.has(fault))
        expect(said).toMatch(/✓ [\d,]+ forbidden packets .*: none got through/);
      if (QUOTED.has(command)) expect(missing(README, command, said)).toEqual([]);
      expect(said).not.toContain("✗");
    },
  );

  test("is gone with Ctrl-C, and leaves nothing behind", IN_TURN, async () => {
    run.interrupt();
    expect(await run.ended(), run.output).toBe(0);
    expect(run.leftovers()).toEqual([]);
  });
});
