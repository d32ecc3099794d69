/** What package-lock.json says of the npm packages that go into ours. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** As in Subresource Integrity: `sha512-` and base64. */
  readonly integrity: string;
  /** An SPDX expression. */
  readonly license: string;
}

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
}

export class Lockfile {
  readonly #packages: Readonly<Record<string, LockEntry>>;

  constructor(root: string) {
    this.#packages = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  }

  /** The package in this folder (`node_modules/…`) of the checkout. Throws where the lockfile does not pin it. */
  at(folder: string): LockedPackage {
    const { version, integrity, license } = this.#packages[folder] ?? {};
    if (version === undefined || integrity === undefined || license === undefined)
      throw new Error(`package-lock.json says no version, integrity and licence of ${folder}`);
    return { name: folder.slice(folder.lastIndexOf("node_modules/") + 13), version, integrity, license };
  }
}
