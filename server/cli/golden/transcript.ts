/**
 * Transcripts of the real command: what a person types, what comes back on both outputs, and the exit code.
 *
 *     $ bulkhead check policy
 *     policy.yaml:1:1: error: …
 *     --- stderr
 *     bulkhead: …
 *     --- exit 2
 */

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Ending, shell } from "../fixtures/shell.ts";

/** The file as it stands, and as it would stand if the commands in it were run now. With UPDATE_GOLDEN=1 it is written anew. */
export async function replay(file: URL): Promise<{ expected: string; actual: string }> {
  const expected = await readFile(file, "utf8");
  const commands = expected.split("\n").filter((line) => line.startsWith("$ "));
  if (commands.length === 0) throw new Error(`${file.pathname} has no commands`);
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
