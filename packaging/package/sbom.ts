/** What is in a package, for those who look for parts with known holes: CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). */

import { createHash } from "node:crypto";
import type { LockedPackage } from "./lockfile.ts";
import { PROJECT, type Release } from "./release.ts";

export interface Inventory {
  readonly name: string;
  readonly release: Release;
  /** npm's packages in it, Node's own among them. */
  readonly parts: readonly LockedPackage[];
  /** The npm package with Node, and what Node itself is built from (`process.versions`). */
  readonly node: { readonly name: string; readonly versions: Readonly<Record<string, string | undefined>> };
}

/** Says the same for the same contents: its serial number is made from them, its time is the commit's. */
export function billOfMaterials({ name, release, parts, node }: Inventory): string {
  const root = { type: "application", "bom-ref": name, name, version: release.version };
  const components = parts.map((part) => ({
    ...npmComponent(part),
    ...(part.name === node.name && { components: nodeParts(node.versions) }),
  }));
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([root, components, release.epoch]))}`,
    version: 1,
    metadata: {
      timestamp: new Date(release.epoch * 1000).toISOString(),
      component: { ...root, licenses: [{ license: { id: PROJECT.license } }] },
    },
    components,
    dependencies: [{ ref: name, dependsOn: components.map((component) => component["bom-ref"]) }],
  };
  return `${JSON.stringify(document, undefined, 1)}\n`;
}

function npmComponent({ name, version, integrity, license }: LockedPackage) {
  const [group, plain] = name.startsWith("@") ? name.split("/") : [undefined, name];
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return {
    type: "library",
    "bom-ref": purl,
    ...(group !== undefined && { group }),
    name: plain,
    version,
    licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }],
    purl,
    hashes: [
      { alg: "SHA-512", content: Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex") },
    ],
  };
}

/** V8, OpenSSL, zlib and the rest: most holes that are found in Node are in these. */
function nodeParts(versions: Inventory["node"]["versions"]) {
  return Object.entries(versions)
    .filter(([name, version]) => version !== undefined && !["modules", "napi"].includes(name))
    .map(([name, version]) => ({
      type: "library",
      "bom-ref": `node/${name}@${version}`,
      name,
      version,
      ...(name === "openssl" && { cpe: `cpe:2.3:a:openssl:openssl:${version}:*:*:*:*:*:*:*` }),
      ...(name === "node" && { cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:-:*:*:*` }),
    }));
}

/** RFC 9562, version 8: of the contents' SHA-256. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
