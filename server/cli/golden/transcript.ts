/**
 * Transcripts of the real command: what a person types, what comes back on both outputs, and the exit code.
 *
 *     $ bulkhead check policy
 *     policy.yaml:1:1: error: …
 *     --- stderr
 *     bulkhead: …
 *     --- exit 2
 */

import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin", import.meta.url));

export interface Ending {
  readonly out: string;
  readonly err: string;
  readonly exit: number | null;
}

/** Runs a line in a shell that finds `bulkhead`, with this on its standard input. No terminal, no colours asked for. */
export async function shell(
  line: string,
  options: { cwd?: string; input?: string | Uint8Array; env?: Record<string, string> } = {},
): Promise<Ending> {
  const child = spawn("/bin/sh", ["-c", line], {
    cwd: options.cwd,
    env: { PATH: `${BIN}:/usr/bin:/bin`, LC_ALL: "C.UTF-8", SHELL: "/bin/bash", ...options.env },
  });
  const text = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    text.out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    text.err += chunk;
  });
  // A child that ends without reading all of its input is no failure of the test.
  child.stdin.on("error", () => {}).end(options.input ?? "");
  const exit = await new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", resolve),
  );
  return { ...text, exit };
}

/** The file as it stands, and as it would stand if the commands in it were run now. With UPDATE_GOLDEN=1 it is written anew. */
export async function replay(file: URL): Promise<{ expected: string; actual: string }> {
  const expected = await readFile(file, "utf8");
  const commands = expected.split("\n").filter((line) => line.startsWith("$ "));
  const cwd = fileURLToPath(new URL(".", file));
  const pieces: string[] = [];
  for (const command of commands)
    pieces.push(`${command}\n${endingText(await shell(command.slice(2), { cwd }))}`);
  const actual = pieces.join("\n");
  if (process.env.UPDATE_GOLDEN !== "1") return { expected, actual };
  await writeFile(file, actual);
  return { expected: actual, actual };
}

function endingText({ out, err, exit }: Ending): string {
  return `${out}${err === "" ? "" : `--- stderr\n${err}`}--- exit ${exit}\n`;
}
