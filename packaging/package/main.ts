/** `npm run package`: the packages of this checkout, into packaging/out/. */

import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.ts";
import { PACKAGES } from "./description.ts";
import { currentRelease } from "./release.ts";
import { TARGETS } from "./target.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const HELP = `npm run package [-- OPTIONS]

Builds bulkhead-agent and bulkhead-server as deb and rpm for x86-64 and arm64, with bills of materials (CycloneDX) and SHA256SUMS.
The same commit gives the same bytes; SOURCE_DATE_EPOCH, where it is set, is the time that all files bear instead of the commit's.

  --package NAME   one package; may be given several times (${PACKAGES.map(({ name }) => name).join(", ")})
  --arch NAME      one processor; may be given several times (${TARGETS.map(({ deb }) => deb).join(", ")})
  --format NAME    one format; may be given several times (deb, rpm)
  --out DIR        where they go (packaging/out); older packages there go
  --fast           not compressed: for trying things out
  --help           this text

Needs dpkg-deb, rpmbuild (Debian's package rpm) and the binutils of both processors (binutils-aarch64-linux-gnu).
`;

const FORMATS = ["deb", "rpm"] as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      package: { type: "string", multiple: true },
      arch: { type: "string", multiple: true },
      format: { type: "string", multiple: true },
      out: { type: "string", default: join(ROOT, "packaging/out") },
      fast: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const out = resolve(values.out);
  const packages = chosen(PACKAGES, ({ name }) => name, values.package);
  const targets = chosen(TARGETS, ({ deb }) => deb, values.arch);
  const formats = chosen(FORMATS, (format) => format, values.format);
  const release = await currentRelease(ROOT, values.fast ? "none" : "xz");
  removeOlder(out);
  await build({
    ...{ root: ROOT, out, release, packages, targets, formats },
    made: (file, bytes) => process.stdout.write(`${basename(file).padEnd(44)}${megabytes(bytes)}\n`),
  });
}

/** What was asked for, in our order; everything where nothing was. */
function chosen<One>(
  all: readonly One[],
  nameOf: (one: One) => string,
  names: readonly string[] | undefined,
): readonly One[] {
  const unknown = names?.find((name) => !all.some((one) => nameOf(one) === name));
  if (unknown !== undefined) throw new Error(`'${unknown}' is none of ${all.map(nameOf).join(", ")}`);
  return all.filter((one) => names?.includes(nameOf(one)) ?? true);
}

/** Nothing but what an earlier build has left there. */
function removeOlder(out: string): void {
  const ours = /^(bulkhead-(agent|server)[-_].*\.(deb|rpm|cdx\.json)|SHA256SUMS)$/;
  for (const file of existsSync(out) ? readdirSync(out) : []) if (ours.test(file)) rmSync(join(out, file));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

await main().catch((error: Error) => {
  process.stderr.write(`package: ${error.message}\n`);
  process.exitCode = 3;
});
