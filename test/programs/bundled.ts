/** A program as its package has it: bundled, beside its addons, with a launcher. */

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, ENTRY } from "../../packaging/package/bundle.ts";
import { TARGETS } from "../../packaging/package/target.ts";
import { CHECKOUT, PINNED_NODE } from "../estate/place.ts";

export const LAUNCHERS = { agent: "bulkhead-agent", server: "bulkhead" } as const;

/** Writes it below a folder, which must not have it yet; gives the path of its launcher. */
export async function bundled(folder: string, name: keyof typeof LAUNCHERS): Promise<string> {
  const target = TARGETS.find(({ node }) => node === process.arch);
  if (target === undefined) throw new Error(`nothing is bundled for ${process.arch}`);
  const { files, addons, folders } = await bundle(CHECKOUT, `${name}/cli/main.ts`, target);
  const place = join(folder, name);
  mkdirSync(place);
  for (const [file, code] of files) writeFileSync(join(place, file), code);
  for (const { file, package: from, path } of addons)
    cpSync(join(CHECKOUT, "node_modules", from, path), join(place, file));
  for (const [beside, path] of folders) symlinkSync(join(CHECKOUT, path), join(place, beside));
  const launcher = join(folder, LAUNCHERS[name]);
  writeFileSync(launcher, `#!/bin/sh\nexec ${PINNED_NODE} ${join(place, ENTRY)} "$@"\n`, { mode: 0o755 });
  return launcher;
}
