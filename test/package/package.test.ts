/** What `npm run package` makes: the same bytes each time, all that a host needs and nothing of the machine that built it, and it works. */

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assertComplete } from "../../packaging/package/contents.ts";
import { PACKAGES } from "../../packaging/package/description.ts";
import { CHECKOUT } from "../estate/place.ts";
import { builtPackages, filesBelow, has, missing, packageIn, run, TARGET, Workshop } from "./built.ts";
import { schemaProblems } from "./cyclonedx.ts";

const lack = missing();
/** What these tests build is not compressed, which lintian asks for; nothing else is left out. */
const UNCOMPRESSED = "uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball";

describe.skipIf(lack !== undefined)(
  `packages for ${TARGET.deb}${lack === undefined ? "" : ` (${lack})`}`,
  () => {
    let workshop: Workshop;
    let out: string;
    /** What each deb holds, unpacked. */
    const roots = new Map<string, string>();
    const rootOf = (name: string) => roots.get(name) ?? "";

    beforeAll(async () => {
      workshop = new Workshop();
      out = await builtPackages();
      for (const { name } of PACKAGES)
        roots.set(name, await workshop.unpack(packageIn(out, name, "deb"), name));
    }, 300_000);
    afterAll(() => workshop?.[Symbol.dispose]());

    test("another build has the same bytes, in whatever folder, time zone, language and umask", {
      timeout: 300_000,
    }, async () => {
      const TMPDIR = mkdtempSync(join(workshop.folder, "elsewhere-"));
      const env = { ...process.env, TMPDIR, TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "C" };
      const before = process.umask(0o077);
      try {
        const again = await workshop.build("again", ["--package", "bulkhead-agent"], {
          env,
          cwd: workshop.folder,
        });
        const made = readdirSync(again).filter((file) => file !== "SHA256SUMS");
        expect(made.length).toBe(3);
        expect(made.map((file) => [file, digest(join(again, file))])).toEqual(
          made.map((file) => [file, digest(join(out, file))]),
        );
      } finally {
        process.umask(before);
      }
    });

    test("SHA256SUMS names everything that was made", async () => {
      const sums = readFileSync(join(out, "SHA256SUMS"), "utf8").trim().split("\n");
      expect(sums.map((line) => line.slice(66)).sort()).toEqual(
        readdirSync(out)
          .filter((file) => file !== "SHA256SUMS")
          .sort(),
      );
      for (const line of sums) expect(line.slice(0, 64)).toBe(digest(join(out, line.slice(66))));
    });

    test.each(PACKAGES)(
      "$name holds the same files as deb and as rpm, but for what only one of them knows",
      async ({ name }) => {
        const ofRpm = await workshop.unpack(packageIn(out, name, "rpm"), `${name}-rpm`);
        const only = /changelog\.Debian\.gz|\/lintian\/|\/zsh\//;
        const [deb, rpm] = [rootOf(name), ofRpm].map((root) =>
          filesBelow(root).filter((file) => !only.test(file)),
        );
        expect(rpm).toEqual(deb);
        for (const file of deb ?? [])
          expect([file, digest(join(ofRpm, file))]).toEqual([file, digest(join(rootOf(name), file))]);
      },
    );

    test.each(PACKAGES)(
      "$name is complete: program, units, pages, completion, terms",
      async ({ name, program, manualSection, system }) => {
        const files = filesBelow(rootOf(name));
        expect(files).toEqual(
          expect.arrayContaining([
            `/usr/bin/${program}`,
            `/usr/lib/${name}/main.mjs`,
            `/usr/lib/${name}/node`,
            `/usr/lib/${name}/better-sqlite3.node`,
            `/usr/lib/${name}/koffi.node`,
            `/usr/share/bash-completion/completions/${program}`,
            `/usr/share/fish/vendor_completions.d/${program}.fish`,
            `/usr/share/zsh/vendor-completions/_${program}`,
            `/usr/share/man/man${manualSection}/${program}.${manualSection}.gz`,
            `/usr/share/doc/${name}/copyright`,
            `/usr/share/doc/${name}/changelog.gz`,
            `/usr/share/doc/${name}/sbom.cdx.json.gz`,
            ...system.map(({ source, folder }) => `${folder}/${source.replace(/.*\//, "")}`),
          ]),
        );
        expect(files.filter((file) => file.endsWith(".node")).length).toBe(2);
        expect(files.filter((file) => /\.(ts|map|md)$/.test(file))).toEqual([]);
      },
    );

    test("every setting is in the host's configuration file, which sets nothing, and in its manual page", () => {
      const root = rootOf("bulkhead-agent");
      const text = readFileSync(join(root, "etc/bulkhead/agent.yaml"), "utf8");
      const page = gunzipSync(readFileSync(join(root, "usr/share/man/man5/agent.yaml.5.gz"))).toString();
      expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
      for (const name of [
        "policy",
        "floor",
        "as",
        "state-dir",
        "socket",
        "log-group",
        "ct-mark-mask",
        "metrics-port",
        "log-level",
      ]) {
        expect(text).toMatch(new RegExp(`^#${name}: \\S`, "m"));
        expect(page).toContain(`\\fB${name.replaceAll("-", "\\-")}\\fR`);
      }
    });

    test.each(PACKAGES)("$name tells nothing of the machine that built it", ({ name }) => {
      const words = [
        CHECKOUT.replace(/\/$/, ""),
        workshop.folder,
        join(homedir(), ".npm"),
        "node_modules/.cache",
      ];
      for (const file of filesBelow(rootOf(name))) {
        const bytes = readFileSync(join(rootOf(name), file));
        const text = file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
        for (const word of words) expect([file, word, text.includes(word)]).toEqual([file, word, false]);
      }
    });

    test.each(PACKAGES)(
      "$name belongs to root, is nobody else's to write, and bears the time of the commit",
      async ({ name }) => {
        const epoch = Number(await run("git", ["-C", CHECKOUT, "log", "-1", "--format=%ct"]));
        const listed = await run("tar", [
          "--utc",
          "--full-time",
          "-tvf",
          await dataOf(packageIn(out, name, "deb")),
        ]);
        const time = new Date(epoch * 1000).toISOString().slice(0, 19).replace("T", " ");
        for (const line of listed.trim().split("\n"))
          expect(line).toMatch(new RegExp(`^[d-]rw[x-]r-[x-]r-[x-] root/root +\\d+ ${time} `));
      },
    );

    async function dataOf(deb: string): Promise<string> {
      const file = join(workshop.folder, "data.tar");
      await run("sh", ["-c", 'dpkg-deb --fsys-tarfile "$0" >"$1"', deb, file]);
      return file;
    }

    test.each(PACKAGES)(
      "$name asks for the libraries that its machine code is linked to",
      async ({ name, depends }) => {
        const binaries = filesBelow(rootOf(name)).filter((file) => /\/node$|\.node$/.test(file));
        const told = await Promise.all(
          binaries.map((file) =>
            run(`${TARGET.triplet}-readelf`, ["--wide", "-d", "-V", join(rootOf(name), file)]),
          ),
        );
        const newest = (symbol: string) =>
          told
            .flatMap((text) =>
              [...text.matchAll(new RegExp(`Name: ${symbol}_([0-9.]+)`, "g"))].map(
                ([, version = ""]) => version,
              ),
            )
            .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
            .at(-1);
        expect(depends.rpm).toContain(`libc.so.6(GLIBC_${newest("GLIBC")})(64bit)`);
        expect(depends.rpm).toContain(`libstdc++.so.6(GLIBCXX_${newest("GLIBCXX")})(64bit)`);
        expect(depends.deb).toContain(`libc6 (>= ${newest("GLIBC")})`);
        const libraries = new Set(
          told.flatMap((text) => [...text.matchAll(/NEEDED.*\[(.+?)\.so/g)].map(([, library]) => library)),
        );
        // Those of glibc itself are in its package.
        const glibc = [
          "libc",
          "libm",
          "libdl",
          "libpthread",
          `ld-linux-${TARGET.rpm === "x86_64" ? "x86-64" : "aarch64"}`,
        ];
        expect([...libraries].filter((library) => !glibc.includes(library ?? "")).sort()).toEqual([
          "libatomic",
          "libgcc_s",
          "libstdc++",
        ]);
      },
    );

    test.each(PACKAGES)(
      "the bill of materials of $name is valid CycloneDX, and names what is inside",
      async ({ name }) => {
        const text = readFileSync(join(out, `${name}_0.1.0_${TARGET.deb}.cdx.json`), "utf8");
        expect(
          gunzipSync(readFileSync(join(rootOf(name), `usr/share/doc/${name}/sbom.cdx.json.gz`))).toString(),
        ).toBe(text);
        const bill = JSON.parse(text);
        expect(schemaProblems(bill)).toEqual([]);
        const names = bill.components.map((component: { name: string }) => component.name);
        expect(names).toEqual(
          expect.arrayContaining([`node-linux-${TARGET.node}`, "yargs", "yaml", "better-sqlite3", "pino"]),
        );
        expect(names).not.toContain("vitest");
        const node = bill.components.find(
          (component: { name: string }) => component.name === `node-linux-${TARGET.node}`,
        );
        expect(node.components.map((part: { name: string }) => part.name)).toEqual(
          expect.arrayContaining(["v8", "openssl", "zlib"]),
        );
        const terms = readFileSync(join(rootOf(name), `usr/share/doc/${name}/copyright`), "utf8");
        for (const { group, name: part, version } of bill.components)
          expect(terms).toContain(`${group === undefined ? "" : `${group}/`}${part} ${version} (`);
      },
    );

    test("a bill of materials that is none is found out", async () => {
      expect(
        schemaProblems({
          bomFormat: "CycloneDX",
          specVersion: "1.6",
          components: [{ type: "thing", name: 1 }],
        }),
      ).not.toEqual([]);
    });

    test.skipIf(!has("lintian"))("lintian finds nothing", { timeout: 600_000 }, async () => {
      const files = PACKAGES.map(({ name }) => packageIn(out, name, "deb"));
      expect(
        await run("lintian", [
          "--allow-root",
          "--fail-on",
          "none",
          "--suppress-tags",
          UNCOMPRESSED,
          "--tag-display-limit",
          "0",
          ...files,
        ]),
      ).toBe("");
    });

    test.skipIf(!has("rpmlint"))(
      "rpmlint finds nothing but what packaging/rpmlint.toml explains",
      { timeout: 600_000 },
      async () => {
        const files = PACKAGES.map(({ name }) => packageIn(out, name, "rpm"));
        const told = await run("rpmlint", ["--config", join(CHECKOUT, "packaging/rpmlint.toml"), ...files]);
        expect(told).toMatch(/ 0 errors, 0 warnings/);
      },
    );
  },
);

test("a checkout that lacks a unit makes no package, and says which", () => {
  const empty = mkdtempSync(join(tmpdir(), "bulkhead-no-units-"));
  try {
    expect(() => assertComplete(empty, PACKAGES)).toThrow(
      /packaging\/systemd\/bulkhead-boot\.service.*bulkhead-server\.service/,
    );
  } finally {
    rmSync(empty, { recursive: true });
  }
});

function digest(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
