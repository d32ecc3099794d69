import { Writable } from "node:stream";
import { failed } from "@bulkhead/terminal/failure.ts";
import { Output } from "@bulkhead/terminal/output.ts";
import { run } from "@bulkhead/terminal/program.ts";
import { afterEach, expect, test, vi } from "vitest";
import { PROGRAM } from "./program.ts";

class Memory extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/** What the program says and ends with; nothing here comes as far as a kernel. */
async function bulkheadAgent(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [new Memory(), new Memory()];
  // yargs writes its help by itself.
  const log = vi.spyOn(console, "log").mockImplementation((text) => void out.write(`${text}\n`));
  const terminal = { program: PROGRAM.name, out: new Output(out), err: new Output(err) };
  const code = await run(PROGRAM, words, terminal).catch((error: unknown) => failed(error, terminal));
  log.mockRestore();
  return { code, out: out.text, err: err.text };
}

afterEach(() => vi.restoreAllMocks());

test("every command has help with examples, and says how it exits or what it does not do", async () => {
  for (const { name, examples } of PROGRAM.commands) {
    const { code, out } = await bulkheadAgent(name, "--help");
    expect([name, code]).toEqual([name, 0]);
    expect(out).toContain(`bulkhead-agent ${name}`);
    expect(examples.length, name).toBeGreaterThan(0);
    expect(out).toContain("Examples:");
  }
});

test("the state directory, JSON and the host can be named for every command on the state", async () => {
  // The daemon prints no facts of its own: it is asked.
  const others = new Set(["completion", "run", "inventory", "join", "leave"]);
  for (const { name, options } of PROGRAM.commands.filter(({ name }) => !others.has(name)))
    expect(Object.keys(options), name).toEqual(expect.arrayContaining(["state-dir", "json", "as"]));
});

test.each([
  [["stauts"], "there is no command 'stauts'", "Did you mean 'status'?"],
  [["apply"], "an argument is missing", "bulkhead-agent apply --help"],
  [
    ["apply", "p", "--confirm-whitin", "60s"],
    "no option '--confirm-whitin'",
    "Did you mean '--confirm-within'?",
  ],
  [["apply", "p", "--confirm-within", "soon"], "--confirm-within is 'soon', expected a time such as 60s", ""],
  [
    ["apply", "p", "--confirm-within", "0s"],
    "--confirm-within is '0s', expected a time such as 60s or 5m, from 1s",
    "",
  ],
  [["apply", "p", "--log", "nflog:70000"], "--log is 'nflog:70000'", ""],
  [["apply", "p", "--ct-mark-mask", "0x7"], "it has fewer than 4 bits", ""],
  [["apply", "p", "--ct-mark-mask", "0xf0f0"], "its bits are not next to one another", ""],
  [["confirm", "policy/"], "'policy/' is one argument too many", ""],
  [["status", "--state-dir", ""], "--state-dir", ""],
  [["status", "--json", "--as"], "--as needs a value", ""],
] as const)("%j is wrong usage, in words that help", async (words, message, remedy) => {
  const { code, out, err } = await bulkheadAgent(...words);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(message);
  expect(err).toContain(remedy);
  expect(err).toMatch(/^bulkhead-agent: .* \[command\/[a-z-]+\]\n {2}.*\n$/);
});

test("a policy that is wrong is shown with all its problems, and exits with 2", async () => {
  const { code, out, err } = await bulkheadAgent("apply", "/nonexistent/policy.yaml", "--as", "web-1");
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/\/nonexistent\/policy\.yaml:1:1: error: .*\n.*\[command\/invalid-policy\]/s);
});

test("completion scripts and the version are on standard output", async () => {
  expect((await bulkheadAgent("completion", "bash")).out).toContain("bulkhead-agent");
  expect((await bulkheadAgent("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
