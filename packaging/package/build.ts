/** Builds packages: each program is bundled once for each processor, and goes into both formats. */

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { addonsFor, bundle } from "./bundle.ts";
import { assertComplete, contents, DASHBOARD_PARTS, type Format, type Parts } from "./contents.ts";
import { makeDeb } from "./deb.ts";
import type { PackageDescription } from "./description.ts";
import { copyrightText, type Part } from "./licences.ts";
import { Lockfile } from "./lockfile.ts";
import { npmPackage } from "./npm-package.ts";
import type { Release } from "./release.ts";
import { makeRpm } from "./rpm.ts";
import { billOfMaterials } from "./sbom.ts";
import { stripped } from "./strip.ts";
import type { Target } from "./target.ts";

export interface Order {
  /** The checkout. */
  readonly root: string;
  readonly out: string;
  readonly release: Release;
  readonly packages: readonly PackageDescription[];
  readonly targets: readonly Target[];
  readonly formats: readonly Format[];
  /** Told of each package as it is made. */
  readonly made: (file: string, bytes: number) => void;
}

/** Gives the packages' paths, in the order of the order. Beside them are each package's bill of materials, and SHA256SUMS of all of it. */
export async function build(order: Order): Promise<readonly string[]> {
  assertComplete(order.root, order.packages);
  mkdirSync(order.out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "bulkhead-package-"));
  try {
    const lockfile = new Lockfile(order.root);
    const made: string[] = [];
    for (const target of order.targets) {
      const folder = join(work, target.node);
      mkdirSync(folder);
      const binaries = await machineCode(order.root, lockfile, { target, folder });
      for (const description of order.packages)
        made.push(...(await buildPackage({ ...order, lockfile, target, description, binaries, folder })));
    }
    writeSums(order.out, made);
    return made.filter((file) => /\.(deb|rpm)$/.test(file));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface MachineCode {
  readonly packages: ReadonlyMap<string, string>;
  /** Stripped: by the name in our package. */
  readonly files: ReadonlyMap<string, string>;
}

/** Node and the native addons for one processor. */
async function machineCode(
  root: string,
  lockfile: Lockfile,
  { target, folder }: { readonly target: Target; readonly folder: string },
): Promise<MachineCode> {
  const sources = [{ file: "node", package: nodePackage(target), path: "bin/node" }, ...addonsFor(target)];
  const packages = new Map<string, string>();
  const files = new Map<string, string>();
  for (const source of sources) {
    const from = await npmPackage(root, lockfile, source.package);
    const to = join(folder, source.file);
    await stripped(join(from, source.path), to, target);
    packages.set(source.package, from);
    files.set(source.file, to);
  }
  return { packages, files };
}

function nodePackage({ node }: Target): string {
  return `node-linux-${node}`;
}

interface PackageOrder extends Omit<Order, "targets" | "packages"> {
  readonly lockfile: Lockfile;
  readonly target: Target;
  readonly description: PackageDescription;
  readonly binaries: MachineCode;
  readonly folder: string;
}

async function buildPackage(order: PackageOrder): Promise<readonly string[]> {
  const { root, release, description, target, binaries, lockfile, folder, out } = order;
  const bundled = await bundle(root, description.entry, target);
  const names = ["node", ...bundled.addons.map(({ file }) => file)];
  const machine = [nodePackage(target), ...bundled.addons.map((addon) => addon.package)];
  const inside = new Map(bundled.packages.map((at) => [at, join(root, at)]));
  if (bundled.folders.has("dashboard"))
    for (const at of readFileSync(join(root, DASHBOARD_PARTS), "utf8").trim().split("\n"))
      inside.set(at, join(root, at));
  for (const name of machine) inside.set(`node_modules/${name}`, binaries.packages.get(name) ?? "");
  // The same version may lie in several folders.
  const byName = new Map<string, Part>();
  for (const [at, where] of [...inside].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const part = { ...lockfile.at(at), folder: where };
    byName.set(`${part.name}@${part.version}`, part);
  }
  const npmParts = [...byName.values()];
  const parts: Parts = {
    root,
    description,
    release,
    bundle: bundled,
    binaries: new Map([...binaries.files].filter(([file]) => names.includes(file))),
    copyright: copyrightText(root, npmParts),
    billOfMaterials: billOfMaterials({
      name: description.name,
      release,
      parts: npmParts,
      node: { name: nodePackage(target), versions: process.versions },
    }),
  };
  const sbom = join(out, `${description.name}_${release.version}_${target.deb}.cdx.json`);
  writeFileSync(sbom, parts.billOfMaterials);
  const made = await Promise.all(
    order.formats.map(async (format) => {
      const making = { root, description, target, release, out, work: join(folder, description.name) };
      const tree = await contents(parts, format);
      const file = await (format === "deb" ? makeDeb : makeRpm)({ ...making, tree });
      order.made(file, statSync(file).size);
      return file;
    }),
  );
  rmSync(join(folder, description.name), { recursive: true, force: true });
  return [...made, sbom];
}

function writeSums(out: string, files: readonly string[]): void {
  const lines = files
    .map((file) => `${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${basename(file)}\n`)
    .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
  writeFileSync(join(out, "SHA256SUMS"), lines.join(""));
}
