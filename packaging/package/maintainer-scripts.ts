/** The scripts around installation, for each format from the same functions: packaging/scripts/ says what happens, this says when. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a script calls, and in which file it finds that. */
interface When {
  readonly calls: string;
  readonly functions: "installing" | "gone";
}

/** Debian's scripts (Debian Policy 6.5). */
const DEB = {
  postinst: {
    calls: 'case "$1" in\n  configure) if [ -n "$2" ]; then upgraded; else installed; fi ;;\nesac',
    functions: "installing",
  },
  prerm: { calls: 'case "$1" in\n  remove) removing ;;\nesac', functions: "installing" },
  postrm: {
    calls: 'case "$1" in\n  remove) removed ;;\n  purge) purged; reload_manager ;;\nesac',
    functions: "gone",
  },
} as const satisfies Record<string, When>;

/** rpm's: `$1` is how many versions of the package there will be. rpm knows no purge; what the program made stays. */
const RPM = {
  post: { calls: 'if [ "$1" -gt 1 ]; then upgraded; else installed; fi', functions: "installing" },
  preun: { calls: 'if [ "$1" -eq 0 ]; then removing; fi', functions: "installing" },
  postun: { calls: 'if [ "$1" -eq 0 ]; then reload_manager; fi', functions: "gone" },
} as const satisfies Record<string, When>;

export type DebScript = keyof typeof DEB;
export type RpmScript = keyof typeof RPM;

/** `script` is the first part of the names in packaging/scripts/: `agent`. */
export function debScripts(root: string, script: string): Readonly<Record<DebScript, string>> {
  return composed(
    DEB,
    ({ functions }) => ["deb.sh", functions === "gone" ? `${script}-gone.sh` : `${script}.sh`],
    root,
  );
}

export function rpmScripts(root: string, script: string): Readonly<Record<RpmScript, string>> {
  return composed(
    RPM,
    ({ functions }) => ["rpm.sh", ...(functions === "gone" ? [] : [`${script}.sh`])],
    root,
  );
}

function composed<Name extends string>(
  scripts: Readonly<Record<Name, When>>,
  sources: (when: When) => readonly string[],
  root: string,
): Readonly<Record<Name, string>> {
  const texts = Object.entries<When>(scripts).map(([name, when]) => {
    const functions = sources(when).map((file) =>
      readFileSync(join(root, "packaging/scripts", file), "utf8"),
    );
    return [name, `#!/bin/sh\nset -e\n\n${functions.join("\n")}\n${when.calls}\n`];
  });
  return Object.fromEntries(texts) as Record<Name, string>;
}
