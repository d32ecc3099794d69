/** The real command, under the pinned Node, in places and under conditions that no transcript shows. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SOURCES, shell } from "./fixtures/shell.ts";

const SHOP = fileURLToPath(new URL("../../examples/shop", import.meta.url));
const BULKHEAD = fileURLToPath(new URL("../bin/bulkhead", import.meta.url));

const folders = { cwd: "" };
beforeAll(async () => {
  folders.cwd = await mkdtemp(join(tmpdir(), "bulkhead-cli-"));
});
afterAll(() => rm(folders.cwd, { recursive: true, force: true }));

/** Runs a line in a fresh folder with these files in it. */
async function within(files: Readonly<Record<string, string | Uint8Array>>, line: string) {
  const cwd = await mkdtemp(join(folders.cwd, "case-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(cwd, name, ".."), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
  return shell(line, { cwd });
}

/** For NODE_OPTIONS: runs this before the program. */
function preload(code: string): string {
  return `--import data:text/javascript,${encodeURIComponent(code)}`;
}

const VALID = "hosts: { a: { addresses: [10.0.0.1] } }\n";

describe("outputs", () => {
  test("a reader that goes away is no failure", async () => {
    const question = '{"from":"web-1","to":"db-1","service":"tcp/22"}';
    const line = `yes '${question}' | { bulkhead explain ${SHOP} --stdin; echo "exit $?" >&2; } | head -n 1`;
    const { out, err } = await shell(line);
    expect(JSON.parse(out).verdict).toBe("deny");
    expect(err).toBe("exit 0\n");
  });

  test("an output that cannot be written is a failure, however little it is", async () => {
    const { err, exit } = await shell(`bulkhead check ${SHOP} > /dev/full`);
    expect(err).toContain("could not be written: ENOSPC");
    expect(err).toContain("[command/output-failed]");
    expect(exit).toBe(3);
  });

  test("colour is for terminals, and not where NO_COLOR is set", async () => {
    const terminal = (env: Record<string, string>) =>
      shell(`script -qec "bulkhead check ${SHOP}" /dev/null`, { env: { TERM: "xterm", ...env } });
    expect((await terminal({})).out).toContain("\x1b[32m3 files: no errors");
    expect((await terminal({ NO_COLOR: "1" })).out).not.toContain("\x1b[");
    expect((await terminal({ TERM: "dumb" })).out).not.toContain("\x1b[");
    expect((await shell(`bulkhead check ${SHOP}`, { env: { TERM: "xterm" } })).out).not.toContain("\x1b[");
  });
});

describe("what is read", () => {
  test("a folder without policies, a file of nothing, a binary file", async () => {
    const { out, exit } = await within(
      { "a/readme.txt": "x", "b/empty.yaml": "", "c/binary.yaml": new Uint8Array([0, 159, 146, 150, 0]) },
      "bulkhead check a; bulkhead check b; bulkhead check c",
    );
    expect(out.match(/\[policy\/[\w-]+\]/g)).toEqual([
      "[policy/no-files]",
      "[policy/empty-file]",
      "[policy/not-text]",
    ]);
    expect(exit).toBe(2);
  });

  test("a file that may not be read is a problem beside the others, and names missing with it are none", async () => {
    const files = {
      "p/a.yaml": VALID,
      "p/b.yaml": "rules: [{ allow: all, from: web, to: any-host }]\nx: 1\n",
    };
    // Without these two capabilities root is subject to a file's mode like everybody else.
    const drop = process.getuid?.() === 0 ? "setpriv --bounding-set -dac_override,-dac_read_search " : "";
    const { out, exit } = await within(files, `chmod 000 p/a.yaml; ${drop}bulkhead check p --format json`);
    const { problems } = JSON.parse(out);
    expect(problems.map(({ code, file }: { code: string; file: string }) => [file, code])).toEqual([
      ["a.yaml", "policy/unreadable"],
      ["b.yaml", "policy/unknown-key"],
    ]);
    expect(exit).toBe(2);
  });

  test("symbolic links that lead round in a circle", async () => {
    const cwd = await mkdtemp(join(folders.cwd, "links-"));
    await mkdir(join(cwd, "p/deep"), { recursive: true });
    await writeFile(join(cwd, "p/a.yaml"), VALID);
    await symlink("..", join(cwd, "p/deep/up"));
    await symlink("self.yaml", join(cwd, "p/self.yaml"));
    const { out, exit } = await shell("bulkhead check p", { cwd });
    expect(out.match(/^\S+ error/gm)).toEqual(["deep/up:1:1: error", "self.yaml:1:1: error"]);
    expect(out).toContain("[policy/symlink-loop]");
    expect(exit).toBe(2);
  });

  test("what is too large is refused with numbers before it is worked on", async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${[..."bcdefghij"].map((name, at) => `${name}: &${name} [${`*${"abcdefghij"[at]},`.repeat(8)}]\n`).join("")}`;
    const { out, exit } = await within(
      {
        "huge.yaml": `# ${"x".repeat(5_000_000)}`,
        "bomb.yaml": bomb,
        "deep.yaml": `a: ${"[".repeat(100_000)}`,
        "rules.yaml": `rules: [${"{ allow: all, from: any, to: any },".repeat(60_000)}]`,
      },
      "for file in huge bomb deep rules; do bulkhead check $file.yaml --format json; done",
    );
    const problems = out.split(/^(?=\{)/m).map((text) => JSON.parse(text).problems[0]);
    expect(problems.map(({ code }) => code)).toEqual(Array(4).fill("policy/limit-exceeded"));
    for (const { message } of problems) expect(message).toMatch(/\d/);
    expect(exit).toBe(2);
  });

  test("a file in the working directory is named from there, another one in full", async () => {
    const files = { "p/a.yaml": "x: 1", "here/b.yaml": "x: 1" };
    const { out } = await within(files, "cd here; bulkhead check b.yaml ../p --format github");
    expect(out.match(/file=[^,]*/g)).toEqual([
      expect.stringMatching(/^file=\/.*\/p\/a\.yaml$/),
      "file=b.yaml",
    ]);
  });

  test("a file's name is shown as text", async () => {
    const { out } = await within({ "p/\x1b[2J\n::error::.yaml": "x: 1" }, "bulkhead check p --format github");
    expect(out.split("\n")[0]).toContain("::error file=p/\\x1b[2J\\n%3A%3Aerror%3A%3A.yaml,line=1");
  });

  test("several paths are one policy", async () => {
    const { out, exit } = await within(
      { "hosts/a.yaml": VALID, "more.json": '{"rules":[{"allow":"all","from":"any-host","to":"10.0.0.1"}]}' },
      "bulkhead check hosts more.json",
    );
    expect(out).toContain("2 files: no errors");
    expect(exit).toBe(0);
  });
});

describe("render", () => {
  test("what it prints, nft takes", async () => {
    const hosts = ["web-1", "db-1", "ci-1"];
    const line = `for host in ${hosts.join(" ")}; do bulkhead render ${SHOP} --host $host | unshare -rn nft --check -f - && echo $host; done`;
    expect(await shell(line)).toEqual({ out: `${hosts.join("\n")}\n`, err: "", exit: 0 });
  });
});

describe("explain --stdin", () => {
  test("a program may ask one question, wait for its answer, and ask the next", async () => {
    const child = spawn(BULKHEAD, ["explain", SHOP, "--stdin"], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdout.setEncoding("utf8");
    const verdicts: string[] = [];
    for (const service of ["postgres", "ssh"]) {
      child.stdin.write(`${JSON.stringify({ from: "web-1", to: "db-1", service })}\n`);
      const [answer] = await once(child.stdout, "data");
      verdicts.push(JSON.parse(answer).verdict);
    }
    child.stdin.end();
    expect(await once(child, "close")).toEqual([0, null]);
    expect(verdicts).toEqual(["allow", "deny"]);
  });

  test("no input is no question; a folder is no input", async () => {
    expect(await shell(`bulkhead explain ${SHOP} --stdin`)).toEqual({ out: "", err: "", exit: 0 });
    const { err, exit } = await shell(`bulkhead explain ${SHOP} --stdin < /`);
    expect(err).toContain("[command/input-failed]");
    expect(exit).toBe(3);
  });
});

describe("failures", () => {
  const broken = preload("Date.now = () => { throw new RangeError('boom'); }");

  test("a defect is said in two lines, without a stack trace", async () => {
    const { out, err, exit } = await shell(`bulkhead check ${SHOP}`, {
      env: { NODE_OPTIONS: broken },
    });
    expect(err).toBe(
      "bulkhead: unexpected failure: RangeError: boom [command/defect]\n  Run the command again with BULKHEAD_DEBUG=1, and report what it prints.\n",
    );
    expect([out, exit]).toEqual(["", 3]);
  });

  test("BULKHEAD_DEBUG shows where it happened", async () => {
    const env = { NODE_OPTIONS: broken, BULKHEAD_DEBUG: "1" };
    expect((await shell(`bulkhead check ${SHOP}`, { env })).err).toMatch(
      /\n {4}at .*check[^/]*\.m?[jt]s:\d+/,
    );
  });
});

describe("start", () => {
  test("--version and --help load neither the policy's language nor what a command does", async () => {
    const watch = `import { registerHooks } from "node:module";
      registerHooks({ load(url, context, next) { console.error(url); return next(url, context); } });`;
    const env = { NODE_OPTIONS: preload(watch), PATH: `${SOURCES}:${process.env.PATH}` };
    for (const option of ["--version", "--help", "check --help"]) {
      const { err } = await shell(`bulkhead ${option}`, { env });
      const loaded = err.split("\n").filter((url) => url.startsWith("file:"));
      expect(loaded.some((url) => url.endsWith("server/cli/main.ts"))).toBe(true);
      expect(
        loaded.filter((url) =>
          /shared\/(?:net|policy\/(?!suggest)|segments|rules|nft)\/|\/(?:zod|yaml)\//.test(url),
        ),
      ).toEqual([]);
    }
  });
});

describe("completion", () => {
  test.each(["bash", "zsh"])("the script for %s is yargs' own, whatever SHELL says", async (name) => {
    const { out, exit } = await shell(`bulkhead completion ${name}`, { env: { SHELL: "/bin/fish" } });
    expect(out).toContain(name === "bash" ? "complete -o bashdefault" : "#compdef bulkhead");
    expect(exit).toBe(0);
  });

  test("a shell that sourced it completes commands, options and choices", async () => {
    const complete = (words: string) => shell(`bulkhead --get-yargs-completions bulkhead ${words}`);
    expect((await complete("ch")).out.split("\n")).toContain("check");
    expect((await complete("check --str")).out).toContain("--strict");
    expect((await complete("check --format s")).out.trim()).toBe("sarif");
    const line = `bash -c 'eval "$(bulkhead completion bash)"; COMP_WORDS=(bulkhead exp); COMP_CWORD=1; _bulkhead_yargs_completions; echo "$COMPREPLY"'`;
    expect((await shell(line)).out).toBe("explain\n");
  });
});
