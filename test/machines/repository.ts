/** A folder of packages that a machine's apt reads, and packages that differ from those of this checkout in what a test wants to be different. */

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../package/built.ts";

export class Repository {
  readonly folder: string;
  readonly #entries: string[] = [];

  /** @param folder which is made */
  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
  }

  async add(deb: string): Promise<void> {
    const kept = join(this.folder, basename(deb));
    copyFileSync(deb, kept);
    await this.#enter(kept);
  }

  /** Another version of a package, with its unpacked files changed by `edit`. */
  async addVersion(deb: string, version: string, edit: (root: string) => void): Promise<void> {
    const root = join(this.folder, "..", `version-${version}`);
    await run("dpkg-deb", ["--raw-extract", deb, root]);
    edit(root);
    editFile(join(root, "DEBIAN/control"), (text) => text.replace(/^Version: .*$/m, `Version: ${version}`));
    const made = join(this.folder, `${basename(deb).split("_")[0]}_${version}.deb`);
    await run("dpkg-deb", ["--root-owner-group", "-Znone", "--build", root, made]);
    rmSync(root, { recursive: true });
    await this.#enter(made);
  }

  /** As `dpkg-scanpackages` would write it. */
  async #enter(deb: string): Promise<void> {
    const control = await run("dpkg-deb", ["--field", deb]);
    const digest = createHash("sha256").update(readFileSync(deb)).digest("hex");
    this.#entries.push(
      `${control}Filename: ./${basename(deb)}\nSize: ${statSync(deb).size}\nSHA256: ${digest}\n`,
    );
    writeFileSync(join(this.folder, "Packages"), this.#entries.join("\n"));
  }
}

export function editFile(path: string, edit: (text: string) => string): void {
  const before = readFileSync(path, "utf8");
  const after = edit(before);
  if (after === before) throw new Error(`${basename(path)} has nothing to edit`);
  writeFileSync(path, after);
}

/** The file of a folder whose name begins so: bundled files bear a hash. */
export function fileIn(folder: string, start: string): string {
  const file = readdirSync(folder).find((name) => name.startsWith(start));
  if (file === undefined) throw new Error(`no file ${start}… in ${folder}`);
  return join(folder, file);
}
