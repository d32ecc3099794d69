/** The format of Fedora, RHEL and SUSE, by rpm's own tool. */

import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Making } from "./deb.ts";
import type { PackageDescription } from "./description.ts";
import { rpmScripts } from "./maintainer-scripts.ts";
import { PROJECT, type Release } from "./release.ts";
import { runTool } from "./run-tool.ts";
import { wrapped } from "./text.ts";
import { ownFolders, type Tree, writeTree } from "./tree.ts";

/** Makes NAME-VERSION-1.ARCH.rpm and gives its path. */
export async function makeRpm({
  root,
  description,
  tree,
  target,
  release,
  work,
  out,
}: Making): Promise<string> {
  const top = join(work, "rpm");
  const source = join(top, "source");
  writeTree(tree, source, release.epoch);
  const spec = join(top, "package.spec");
  writeFileSync(spec, specText(description, release, tree, source, rpmScripts(root, description.script)));
  const built = join(top, "built");
  mkdirSync(built);
  const macros = Object.entries(macrosFor(top, built, release)).flatMap(([name, value]) => [
    "--define",
    `${name} ${value}`,
  ]);
  await runTool("rpmbuild", ["-bb", "--quiet", "--target", `${target.rpm}-linux`, ...macros, spec], {
    package: "rpm",
    env: { SOURCE_DATE_EPOCH: String(release.epoch) },
  });
  const [folder = "."] = readdirSync(built);
  const [file] = readdirSync(join(built, folder));
  if (file === undefined) throw new Error("rpmbuild has built nothing");
  const finished = join(out, file);
  renameSync(join(built, folder, file), finished);
  return finished;
}

/** The same bytes wherever it is built, and nothing done to the files: they are finished, and may be for another processor. */
function macrosFor(top: string, built: string, { compression }: Release): Readonly<Record<string, string>> {
  return {
    _topdir: top,
    _rpmdir: built,
    _buildhost: "bulkhead",
    _binary_payload: compression === "xz" ? "w9.xzdio" : "w0.gzdio",
    use_source_date_epoch_as_buildtime: "1",
    clamp_mtime_to_source_date_epoch: "1",
    source_date_epoch_from_changelog: "0",
    _build_id_links: "none",
    debug_package: "%{nil}",
    __os_install_post: "%{nil}",
    __arch_install_post: "%{nil}",
    __check_files: "%{nil}",
    _build_name_fmt: "%{ARCH}/%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
    // rpm made on Debian would name its own distribution here.
    dist: "%{nil}",
    vendor: "%{nil}",
  };
}

function specText(
  { name, summary, description, depends, recommends }: PackageDescription,
  { version, revision, epoch }: Release,
  tree: Tree,
  source: string,
  scripts: Readonly<Record<string, string>>,
): string {
  const body = (text: string) => text.replace(/^#!\/bin\/sh\n/, "").replaceAll("%", "%%");
  return [
    `Name: ${name}`,
    `Version: ${version}`,
    `Release: ${revision}`,
    `Summary: ${summary.charAt(0).toUpperCase()}${summary.slice(1)}`,
    `License: ${PROJECT.license}`,
    `URL: ${PROJECT.homepage}`,
    "Group: Applications/System",
    `Packager: ${PROJECT.maintainer}`,
    "AutoReqProv: no",
    ...depends.rpm.map((need) => `Requires: ${need}`),
    ...recommends.rpm.map((need) => `Recommends: ${need}`),
    "",
    "%description",
    wrapped(description.join(" "), 78),
    "",
    "%install",
    'mkdir -p "%{buildroot}"',
    `cp -a '${source}/.' "%{buildroot}/"`,
    "",
    ...Object.entries(scripts).flatMap(([when, text]) => [`%${when} -p /bin/sh`, body(text), ""]),
    "%changelog",
    `* ${changeDate(epoch)} ${PROJECT.maintainer} - ${version}-${revision}`,
    `- Release ${version}; what users notice is in changelog.gz.`,
    "",
    "%files",
    "%defattr(-,root,root,-)",
    ...ownFolders(tree).map((folder) => `%dir ${folder}`),
    ...[...tree].map(
      ([path, file]) =>
        `${file.isConfiguration === true ? "%config(noreplace) " : documentation(path)}${path}`,
    ),
    "",
  ].join("\n");
}

/** As rpm has it: `Mon Nov 23 2026`. */
function changeDate(epoch: number): string {
  return new Date(epoch * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) .*$/, "$1 $3 $2 $4");
}

function documentation(path: string): string {
  if (path.endsWith("/copyright")) return "%license ";
  return path.startsWith("/usr/share/doc/") || path.startsWith("/usr/share/man/") ? "%doc " : "";
}
