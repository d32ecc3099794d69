/** Files of npm packages, those for the other processor included, which `npm ci` does not install. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LockedPackage, Lockfile } from "./lockfile.ts";
import { runTool } from "./run-tool.ts";

/** The folder of an npm package as the lockfile pins it: the installed one, else one that is fetched once and checked against the lockfile. */
export async function npmPackage(root: string, lockfile: Lockfile, name: string): Promise<string> {
  const locked = lockfile.at(`node_modules/${name}`);
  const installed = join(root, "node_modules", name);
  if (existsSync(join(installed, "package.json"))) return installed;
  const kept = join(
    root,
    "node_modules/.cache/bulkhead-packages",
    `${name.replace("/", "+")}-${locked.version}`,
  );
  if (!existsSync(kept)) await fetchInto(root, locked, kept);
  return kept;
}

/** The folder appears whole or not at all, also where two builds want it at once. */
async function fetchInto(
  root: string,
  { name, version, integrity }: LockedPackage,
  folder: string,
): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    await runTool("npm", ["pack", `${name}@${version}`, "--ignore-scripts", "--pack-destination", work], {
      cwd: root,
      package: "npm",
      // Its own settings, and the way out of this network; what comes is held to the lockfile.
      env: process.env as Record<string, string>,
    });
    const [file] = readdirSync(work);
    if (file === undefined) throw new Error(`npm has packed nothing for ${name}@${version}`);
    const tarball = join(work, file);
    const found = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
    if (found !== integrity)
      throw new Error(
        `${name}@${version} from the registry is not what package-lock.json pins: ${found}, expected ${integrity}`,
      );
    await runTool("tar", ["-xzf", tarball, "-C", work, "--no-same-owner"], { package: "tar" });
    if (!existsSync(folder)) renameSync(join(work, "package"), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
