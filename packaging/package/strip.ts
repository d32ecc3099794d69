/** Takes from machine code what only a debugger reads. */

import { spawnSync } from "node:child_process";
import { runTool, ToolError } from "./run-tool.ts";
import type { Target } from "./target.ts";

/** Writes a copy of an ELF file without symbols that are not needed to run it. */
export async function stripped(from: string, to: string, { triplet }: Target): Promise<void> {
  const [gnu, llvm] = [`${triplet}-strip`, "llvm-strip"];
  const tool = [gnu, llvm].find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
  if (tool === undefined)
    throw new ToolError(
      `${gnu} is missing: install binutils-${triplet.replaceAll("_", "-")} (Debian's name), or llvm`,
    );
  await runTool(tool, ["--strip-unneeded", "-o", to, from], { package: "binutils" });
}
