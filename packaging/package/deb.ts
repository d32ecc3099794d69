/** Debian's format, by Debian's own tool. */

import { chmodSync, lutimesSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PackageDescription } from "./description.ts";
import { debScripts } from "./maintainer-scripts.ts";
import { PROJECT, type Release } from "./release.ts";
import { runTool } from "./run-tool.ts";
import type { Target } from "./target.ts";
import { wrapped } from "./text.ts";
import { type Tree, writeTree } from "./tree.ts";

export interface Making {
  readonly root: string;
  readonly description: PackageDescription;
  readonly tree: Tree;
  readonly target: Target;
  readonly release: Release;
  /** A folder to work in, empty. */
  readonly work: string;
  /** Where the package goes. */
  readonly out: string;
}

/** Makes NAME_VERSION_ARCH.deb and gives its path. */
export async function makeDeb({
  root,
  description,
  tree,
  target,
  release,
  work,
  out,
}: Making): Promise<string> {
  const folder = join(work, "deb");
  writeTree(tree, folder, release.epoch);
  const control = join(folder, "DEBIAN");
  mkdirSync(control, { mode: 0o755 });
  const write = (name: string, text: string, mode: number) => {
    writeFileSync(join(control, name), text);
    chmodSync(join(control, name), mode);
    lutimesSync(join(control, name), release.epoch, release.epoch);
  };
  write("control", controlText(description, target, release, tree), 0o644);
  const configuration = [...tree].filter(([, { isConfiguration }]) => isConfiguration === true);
  if (configuration.length > 0)
    write("conffiles", `${configuration.map(([path]) => path).join("\n")}\n`, 0o644);
  for (const [name, text] of Object.entries(debScripts(root, description.script))) write(name, text, 0o755);
  chmodSync(control, 0o755);
  lutimesSync(control, release.epoch, release.epoch);
  lutimesSync(folder, release.epoch, release.epoch);
  const file = join(out, `${description.name}_${release.version}-${release.revision}_${target.deb}.deb`);
  // One thread: how many there are changes the bytes. xz, because every dpkg reads it.
  const compression = release.compression === "xz" ? ["-Zxz", "-z9", "--threads-max=1"] : ["-Znone"];
  const how = ["--root-owner-group", ...compression];
  await runTool("dpkg-deb", [...how, "--build", folder, file], {
    package: "dpkg",
    env: { SOURCE_DATE_EPOCH: String(release.epoch) },
  });
  return file;
}

function controlText(description: PackageDescription, target: Target, release: Release, tree: Tree): string {
  const { name, summary, depends, recommends } = description;
  const fields: readonly (readonly [string, string])[] = [
    ["Package", name],
    ["Version", `${release.version}-${release.revision}`],
    ["Architecture", target.deb],
    ["Maintainer", PROJECT.maintainer],
    ["Installed-Size", String(installedKibibytes(tree))],
    ["Depends", depends.deb.join(", ")],
    ["Recommends", recommends.deb.join(", ")],
    ["Section", "net"],
    ["Priority", "optional"],
    ["Homepage", PROJECT.homepage],
    ["Description", `${summary}\n${wrapped(description.description.join(" "), 78).replace(/^/gm, " ")}`],
  ];
  return fields.map(([field, value]) => (value === "" ? "" : `${field}: ${value}\n`)).join("");
}

/** As Debian Policy 5.6.20 has it: each file rounded up. */
function installedKibibytes(tree: Tree): number {
  return [...tree.values()].reduce((sum, { content }) => sum + Math.ceil(sizeOf(content) / 1024), 0);
}

function sizeOf(content: string | Uint8Array | { readonly copyOf: string }): number {
  if (typeof content === "string") return Buffer.byteLength(content);
  return content instanceof Uint8Array ? content.length : statSync(content.copyOf).size;
}
