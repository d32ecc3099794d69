import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { cgroupRoot } from "../estate/cgroups.ts";
import { CHECKOUT, ESTATE_PREFIX, PINNED_NODE, SCRATCH } from "../estate/place.ts";
import { missing } from "../readme/quotes.ts";

const MAIN = join(CHECKOUT, "test/lab/main.ts");
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

/** A run of the lab, and everything that it starts: all of it carries a mark in its environment. */
class Run {
  readonly mark = randomUUID();
  readonly child: ChildProcess;
  output = "";
  readonly #lines = new Set<(line: string) => void>();

  constructor(args: readonly string[], prefix: readonly string[] = []) {
    const [command = "", ...rest] = [...prefix, PINNED_NODE, MAIN, ...args];
    // A group of its own: Ctrl-C in a terminal reaches the whole group.
    this.child = spawn(command, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, NO_COLOR: "1", BULKHEAD_LAB_MARK: this.mark },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream)
        createInterface({ input: stream }).on("line", (line) => {
          this.output += `${line}\n`;
          for (const hear of this.#lines) hear(line);
        });
  }

  /** Resolves at the first line that holds the text; rejects where the run ends without it. */
  line(text: string): Promise<void> {
    if (this.output.includes(text)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#lines.add((line) => line.includes(text) && resolve());
      this.child.once("close", () => reject(new Error(`the lab ended without '${text}':\n${this.output}`)));
    });
  }

  interrupt(): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, "SIGINT");
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "close");
    return this.child.exitCode;
  }

  /** What is left of it: processes, directories, cgroups. */
  leftovers(): string[] {
    const ours = `${ESTATE_PREFIX}${this.child.pid}-`;
    const root = cgroupRoot();
    const places = [SCRATCH, ...(root !== undefined && existsSync(root) ? [root] : [])];
    const directories = places.flatMap((place) => readdirSync(place).filter((name) => name.startsWith(ours)));
    return [...directories, ...markedProcesses(this.mark)];
  }
}

function markedProcesses(mark: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
}

/** Whole runs, on a machine that runs other tests as well. */
const TIMEOUT = 240_000;

/** As a browser asks whose user has accepted the certificate. */
async function answerOf(url: string): Promise<IncomingMessage> {
  const asked = get(url, { rejectUnauthorized: false, agent: false });
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  answer.resume();
  return answer;
}

/** Another terminal. */
async function besides(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(PINNED_NODE, [MAIN, ...words]);
  return stdout;
}

describe("npm start", { timeout: TIMEOUT }, () => {
  let run: Run | undefined;
  afterEach(async () => {
    run?.child.kill("SIGKILL");
    await run?.ended();
  });

  test.runIf(isRoot)(
    "opens the shop as root: one link, hosts to look around on, faults to try from another terminal, and nothing left behind",
    async () => {
      run = new Run(["--stay"]);
      await run.line("the intruder has a session open");
      // The link leads from this machine to the server in its network of its own, and signs in.
      const [link = ""] = /https:\/\/127\.0\.0\.1:\d+\/signin\/\S+/.exec(run.output) ?? [];
      expect(await answerOf(link)).toMatchObject({ statusCode: 303, headers: { location: "/" } });
      const lab = ["--lab", String(run.child.pid)];
      expect(await besides("exec", ...lab, "db-1", "hostname")).toBe("db-1\n");
      for (const fault of ["kill", "flush"]) {
        const said = await besides("break", ...lab, fault);
        expect(said).toMatch(/✓ the allowed session .*: all of [\d,]+ messages answered/);
        expect(missing(README, `npm start -- break ${fault}`, said)).toEqual([]);
      }
      run.interrupt();
      expect(await run.ended(), run.output).toBe(0);
      expect(run.leftovers()).toEqual([]);
    },
  );

  test("tells its story by itself, also without root, in the words that the README quotes", async () => {
    run = new Run(["--once"], nobodyCanRead() && isRoot ? AS_NOBODY : []);
    expect(await run.ended(), run.output).toBe(0);
    expect(run.output).toContain("The intruder is out, and the shop goes on.");
    expect(missing(README, "npm start -- --once", run.output), run.output).toEqual([]);
    expect(run.leftovers()).toEqual([]);
  });

  test("proves every connection of the example, and that an open session is cut alone", async () => {
    run = new Run(["prove", "--once"]);
    expect(await run.ended(), run.output).toBe(0);
    expect(run.output).toContain("Everything did what the policy says.");
    expect(run.output).toMatch(/✗ rep-1 → db-1 tcp\/5432 +cut: \d+ messages answered, none after the change/);
    expect(run.output.match(/✓ .* lives: (\d+) of \1 messages answered/g)).toHaveLength(3);
    expect(run.leftovers()).toEqual([]);
  });

  test.each([
    ["--once", "in network namespaces"],
    ["--once", "the server is ready"],
    ["prove", "the policy is sound"],
  ])("%s: leaves nothing behind when it is interrupted after '%s'", async (word, moment) => {
    run = new Run([word, "--once"]);
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
      run = new Run(words);
      expect(await run.ended(), run.output).toBe(code);
      expect(run.output).toContain(said);
    }
  });
});
