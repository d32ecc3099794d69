/** Runs the tools that packages are made with: without a shell, in an environment that is the same on every machine. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** A tool that is needed and not there, or that has failed; the message is for whoever builds. */
export class ToolError extends Error {}

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Debian's package with the tool, for the message that it is missing. */
  readonly package: string;
}

/** Gives the tool's standard output. Throws {@link ToolError}. */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: "C.UTF-8", TZ: "UTC", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close").then(
      ([status]) => status as number | null,
      (error: NodeJS.ErrnoException) => error,
    ),
  ]);
  if (code === 0) return out;
  if (code instanceof Error && code.code === "ENOENT")
    throw new ToolError(`${command} is missing: install ${options.package} (Debian's name)`);
  if (code instanceof Error) throw new ToolError(`${command}: ${code.message}`);
  throw new ToolError(`${command} ${args[0] ?? ""} failed (${code}):\n${`${err}${out}`.slice(-4000)}`);
}
