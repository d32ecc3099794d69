/** What a package of either format holds, and where. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import type { ProgramSpec } from "@bulkhead/terminal/parser.ts";
import { PROGRAM as AGENT } from "../../agent/cli/program.ts";
import { PROGRAM as OPERATOR } from "../../server/cli/program.ts";
import { configurationFile, configurationManual } from "./agent-configuration.ts";
import { type Bundle, ENTRY } from "./bundle.ts";
import type { PackageDescription } from "./description.ts";
import { programManual } from "./manual.ts";
import { PROJECT, type Release } from "./release.ts";
import { runTool } from "./run-tool.ts";
import type { Tree, TreeFile } from "./tree.ts";

export type Format = "deb" | "rpm";

export interface Parts {
  readonly root: string;
  readonly description: PackageDescription;
  readonly release: Release;
  readonly bundle: Bundle;
  /** Node and the addons, stripped: name in the package's folder, path on this machine. */
  readonly binaries: ReadonlyMap<string, string>;
  readonly copyright: string;
  readonly billOfMaterials: string;
}

/** Written by the dashboard's build: the folders of the npm packages in it. */
export const DASHBOARD_PARTS = "dashboard/dist/.parts";
const SYSTEM = "packaging/systemd";
const PROGRAMS: Readonly<Record<string, ProgramSpec>> = { "bulkhead-agent": AGENT, bulkhead: OPERATOR };

export async function contents(parts: Parts, format: Format): Promise<Tree> {
  const { description, bundle, binaries } = parts;
  const folder = `/usr/lib/${description.name}`;
  const code: [string, TreeFile][] = [...bundle.files].map(([file, content]) => [
    `${folder}/${file}`,
    { content },
  ]);
  const machineCode: [string, TreeFile][] = [...binaries].map(([file, path]) => [
    `${folder}/${file}`,
    { content: { copyOf: path }, executable: file === "node" },
  ]);
  const files: [string, TreeFile][] = [
    ...code,
    ...machineCode,
    ...opened(parts, folder),
    [`/usr/bin/${description.program}`, { content: launcher(folder), executable: true }],
    ...systemFiles(parts),
    ...(await completions(parts, format)),
    ...manuals(parts),
    ...documents(parts, format),
  ];
  if (description.name === "bulkhead-agent")
    files.push(["/etc/bulkhead/agent.yaml", { content: configurationFile(), isConfiguration: true }]);
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function launcher(folder: string): string {
  return `#!/bin/sh
exec ${folder}/node --disable-warning=ExperimentalWarning ${folder}/${ENTRY} "$@"
`;
}

/** The folders that the code opens; what begins with a dot there is a build's own note. */
function opened({ root, bundle }: Parts, folder: string): [string, TreeFile][] {
  return [...bundle.folders].flatMap(([name, source]) =>
    readdirSync(join(root, source), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry): [string, TreeFile] => {
        const path = join(entry.parentPath, entry.name);
        return [join(folder, name, relative(join(root, source), path)), { content: { copyOf: path } }];
      }),
  );
}

function systemFiles({ root, description }: Parts): [string, TreeFile][] {
  return description.system.map(({ source, folder, executable = false }) => [
    `${folder}/${basename(source)}`,
    { content: readFileSync(join(root, SYSTEM, source)), executable },
  ]);
}

/** Throws where a package would lack a unit or its like: said before any work is done. */
export function assertComplete(root: string, packages: readonly PackageDescription[]): void {
  const missing = packages
    .flatMap(({ system }) => system)
    .map(({ source }) => join(SYSTEM, source))
    .filter((file) => !existsSync(join(root, file)));
  if (!existsSync(join(root, DASHBOARD_PARTS))) missing.push(DASHBOARD_PARTS);
  if (missing.length > 0)
    throw new Error(`this checkout has no ${missing.join(", ")}: the packages would not be complete`);
}

async function completions({ root, description }: Parts, format: Format): Promise<[string, TreeFile][]> {
  const { program, entry } = description;
  const zsh = format === "deb" ? "vendor-completions" : "site-functions";
  const places: readonly (readonly [string, string])[] = [
    ["bash", `/usr/share/bash-completion/completions/${program}`],
    ["zsh", `/usr/share/zsh/${zsh}/_${program}`],
    ["fish", `/usr/share/fish/vendor_completions.d/${program}.fish`],
  ];
  const scripts = places.map(async ([shell, path]): Promise<[string, TreeFile]> => {
    const args = ["--disable-warning=ExperimentalWarning", join(root, entry), "completion", shell];
    return [
      path,
      { content: await runTool(process.execPath, args, { package: "nodejs", env: { BULKHEAD_CONFIG: "" } }) },
    ];
  });
  return Promise.all(scripts);
}

function manuals({ description, release }: Parts): [string, TreeFile][] {
  const { program: name, manualSection: section, summary } = description;
  const program = PROGRAMS[name];
  if (program === undefined) throw new Error(`no program ${name}`);
  const { epoch, version } = release;
  const isAgent = name === "bulkhead-agent";
  const page = programManual({
    program,
    section,
    summary,
    epoch,
    files: isAgent
      ? [
          ["/etc/bulkhead/agent.yaml", "the host's settings; see agent.yaml(5)"],
          ["/var/lib/bulkhead", "the host's state: the policies of before and now, what was seen, its key"],
        ]
      : [["/var/lib/bulkhead-server", "all that the server keeps"]],
    seeAlso: isAgent ? "agent.yaml(5), bulkhead(1), nft(8)" : "bulkhead-agent(8), agent.yaml(5)",
  });
  const own: [string, TreeFile] = [`/usr/share/man/man${section}/${name}.${section}.gz`, gzipped(page)];
  const file: [string, TreeFile] = [
    "/usr/share/man/man5/agent.yaml.5.gz",
    gzipped(configurationManual(version, epoch)),
  ];
  return isAgent ? [own, file] : [own];
}

function documents(
  { root, description, release, copyright, billOfMaterials }: Parts,
  format: Format,
): [string, TreeFile][] {
  const { name } = description;
  const folder = `/usr/share/doc/${name}`;
  const changes = readFileSync(join(root, "CHANGELOG.md"));
  const debian = `${name} (${release.version}-${release.revision}) unstable; urgency=medium

  * Release ${release.version}; what users notice is in changelog.gz.

 -- ${PROJECT.maintainer}  ${new Date(release.epoch * 1000).toUTCString().replace("GMT", "+0000")}
`;
  const overrides = readFileSync(join(root, "packaging/lintian-overrides"), "utf8").replaceAll(
    "@PACKAGE@",
    name,
  );
  const debianOnly: [string, TreeFile][] = [
    [`${folder}/changelog.Debian.gz`, gzipped(debian)],
    [`/usr/share/lintian/overrides/${name}`, { content: overrides }],
  ];
  return [
    [`${folder}/copyright`, { content: copyright }],
    [`${folder}/sbom.cdx.json.gz`, gzipped(billOfMaterials)],
    [`${folder}/changelog.gz`, gzipped(changes)],
    ...(format === "deb" ? debianOnly : []),
  ];
}

/** zlib writes no time and no name. */
function gzipped(content: string | Uint8Array): TreeFile {
  return { content: gzipSync(content, { level: 9 }) };
}
