/** Who made what is in a package, and the terms of each part, in full. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LockedPackage } from "./lockfile.ts";
import { PROJECT } from "./release.ts";

export interface Part extends LockedPackage {
  /** Where its licence lies on this machine. */
  readonly folder: string;
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** The file `copyright`. Parts with the same text are named above it once. Throws for a part whose terms are nowhere said. */
export function copyrightText(root: string, parts: readonly Part[]): string {
  const byText = new Map<string, string[]>();
  for (const part of parts) {
    const text = licenceText(part);
    byText.set(text, [...(byText.get(text) ?? []), `${part.name} ${part.version} (${part.license})`]);
  }
  const own = readFileSync(join(root, "LICENSE"), "utf8");
  const head = `Bulkhead, with all that is built into this package.

Bulkhead itself is Copyright the Bulkhead authors, and licensed under ${PROJECT.license}. On Debian systems that licence is also in
/usr/share/common-licenses/Apache-2.0. The parts that others made, each with its copyright and its terms, follow it.`;
  return `${[head, ruled("Bulkhead", own), ...[...byText].map(([text, names]) => ruled(names.join("\n"), text))].join("\n\n")}\n`;
}

function ruled(title: string, text: string): string {
  const rule = "-".repeat(78);
  return `${rule}\n${title}\n${rule}\n\n${text.trim().replaceAll("\r\n", "\n")}`;
}

function licenceText({ name, license, folder }: Part): string {
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8"));
  if (texts.length > 0) return texts.join("\n\n");
  // Some say it at the end of what their users read first.
  const readme = ["README.md", "readme.md"]
    .map((file) => join(folder, file))
    .find((file) => existsSync(file));
  const [, inReadme] =
    readme === undefined
      ? []
      : (/\n#+\s*licen[cs]e\s*\n([\s\S]+)$/i.exec(readFileSync(readme, "utf8")) ?? []);
  if (inReadme !== undefined) return inReadme;
  const { author, contributors } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const by = [author, ...(contributors ?? [])].flatMap((person) =>
    typeof person === "string" ? person : (person?.name ?? []),
  );
  if (by.length > 0 && license === "MIT") return mitText(by.join(", "));
  // Asks for nothing, its own text included.
  if (license === "Unlicense")
    return "Its authors have released it into the public domain (https://unlicense.org/).";
  throw new Error(`${name} says nowhere under which terms it is given on (${license})`);
}

/** For those who name the licence and themselves, and leave the text out. */
function mitText(by: string): string {
  return `Copyright ${by}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
}
