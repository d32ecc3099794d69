/** The packages of this checkout for this machine's processor, built once for all tests that look at them, and again only where something that goes into them has changed. */

import { type ExecFileOptions, execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { DASHBOARD_PARTS } from "../../packaging/package/contents.ts";
import { PACKAGES } from "../../packaging/package/description.ts";
import { TARGETS } from "../../packaging/package/target.ts";
import { CHECKOUT, PINNED_NODE } from "../estate/place.ts";

const target = TARGETS.find(({ node }) => node === process.arch);
if (target === undefined) throw new Error(`packages are not made for ${process.arch}`);
export const TARGET = target;

/** What a build lacks on this machine or in this checkout, in words; undefined where it can begin. */
export function missing(): string | undefined {
  const tools = ["dpkg-deb", "rpmbuild", "rpm2cpio", "cpio", `${TARGET.triplet}-strip`].filter(
    (tool) => !has(tool),
  );
  if (tools.length > 0) return `not installed: ${tools.join(", ")}`;
  const files = PACKAGES.flatMap(({ system }) => system).map(({ source }) => `packaging/systemd/${source}`);
  files.push(DASHBOARD_PARTS);
  const absent = files.filter((file) => !existsSync(join(CHECKOUT, file)));
  return absent.length === 0 ? undefined : `not in this checkout: ${absent.join(", ")}`;
}

export function has(tool: string): boolean {
  return spawnSync("sh", ["-c", 'command -v "$0"', tool], { stdio: "ignore" }).status === 0;
}

/**
 * Everything that packages are made of, by content; what the lockfile pins is not looked at. The commit's time is in each file, and only the commit has it.
 */
const INGREDIENTS =
  "git log -1 --format=%H && find package.json package-lock.json CHANGELOG.md LICENSE packaging agent server shared terminal dashboard/dist \\( -name node_modules -o -name '*.test.ts' -o -name fixtures -o -name golden -o -path packaging/out \\) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum";

/** The folder with both packages in both formats, uncompressed; kept beside npm's until the sources change. Several tests may ask at once. */
export async function builtPackages(): Promise<string> {
  const ingredients = await run("sh", ["-c", `cd "$0" && { ${INGREDIENTS}; }`, CHECKOUT]);
  const key = createHash("sha256").update(ingredients).digest("hex").slice(0, 16);
  const kept = join(CHECKOUT, "node_modules/.cache/bulkhead-built");
  const out = join(kept, key);
  mkdirSync(kept, { recursive: true });
  const words = ["--fast", "--arch", TARGET.deb, "--out", `${out}.part`];
  const build = 'test -d "$0" || { "$@" && mv "$0.part" "$0"; }';
  await run("flock", [join(kept, "lock"), "sh", "-c", build, out, PINNED_NODE, SCRIPT, ...words]);
  for (const other of readdirSync(kept))
    if (other !== "lock" && isOld(join(kept, other)))
      rmSync(join(kept, other), { recursive: true, force: true });
  utimesSync(out, new Date(), new Date());
  return out;
}

/** Nobody has asked for it for a while: another run of tests may still use what an edit has made stale. */
function isOld(folder: string): boolean {
  return Date.now() - statSync(folder).mtimeMs > MOST_MILLISECONDS;
}

/** Longer than any test takes that uses them. */
const MOST_MILLISECONDS = 1_200_000;

const SCRIPT = join(CHECKOUT, "packaging/package/main.ts");

export class Workshop implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "bulkhead-packages-"));

  /** Builds into a folder of this name, with these words on the command line. */
  async build(name: string, words: readonly string[] = [], options: ExecFileOptions = {}): Promise<string> {
    const out = join(this.folder, name);
    const args = [SCRIPT, "--fast", "--arch", TARGET.deb, "--out", out, ...words];
    await promisify(execFile)(PINNED_NODE, args, { cwd: CHECKOUT, ...options });
    return out;
  }

  /** The package's files, as if it were installed below the folder that this gives. */
  async unpack(file: string, name: string): Promise<string> {
    const root = join(this.folder, name);
    mkdirSync(root, { recursive: true });
    if (file.endsWith(".deb")) await run("dpkg-deb", ["-x", file, root]);
    else await run("sh", ["-c", 'rpm2cpio "$0" | cpio --quiet -idm -D "$1"', file, root]);
    return root;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, [...args], { maxBuffer: 1 << 26 });
  return stdout;
}

/** The package of this name and format in a build's folder. */
export function packageIn(out: string, name: string, format: "deb" | "rpm"): string {
  const file = readdirSync(out).find((one) => one.startsWith(name) && one.endsWith(`.${format}`));
  if (file === undefined) throw new Error(`no ${format} of ${name} in ${out}`);
  return join(out, file);
}

/** Paths of all files below a folder, as they are on a host, sorted. */
export function filesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `/${relative(root, join(entry.parentPath, entry.name))}`)
    .sort();
}
