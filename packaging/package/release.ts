/** What is the same for all packages of one build. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./run-tool.ts";

export interface Release {
  readonly version: string;
  /** Of the packaging, counted within a version. */
  readonly revision: number;
  /** Seconds since 1970 that every file bears: the last commit's, or SOURCE_DATE_EPOCH. */
  readonly epoch: number;
  /** "none" is for tests: most of a build's time goes into compressing. */
  readonly compression: "xz" | "none";
}

export const PROJECT = {
  maintainer: "Bulkhead <maintainers@bulkhead.invalid>",
  homepage: "https://bulkhead.invalid/",
  license: "Apache-2.0",
} as const;

export async function currentRelease(root: string, compression: Release["compression"]): Promise<Release> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const given = process.env.SOURCE_DATE_EPOCH;
  const epoch = Number(
    given ?? (await runTool("git", ["-C", root, "log", "-1", "--format=%ct"], { package: "git" })),
  );
  if (!Number.isInteger(epoch) || epoch <= 0)
    throw new Error(`SOURCE_DATE_EPOCH is ${given}, expected seconds since 1970`);
  return { version, revision: 1, epoch, compression };
}
