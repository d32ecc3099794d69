/**
 * A generation as bulkhead-boot reads it, before the network is up and without Node (packaging/systemd/bulkhead-boot.sh):
 *
 *     # bulkhead-boot 1 sha256:…            the format, and the digest of everything below this line
 *     #unit system.slice/ssh.service unit_ssh.service
 *     table inet bulkhead { … }
 *
 * The whole is what `nft -f` loads where there is no table of ours. Units are not running yet, and nft takes a cgroup only if its directory is there, so units are lines of
 * their own: the script makes the directory, and systemd takes one that it finds for the unit's own.
 */

import { createHash } from "node:crypto";
import { compile } from "@bulkhead/shared/nft/compile.ts";
import type { Cgroup, HostFacts } from "@bulkhead/shared/nft/facts.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import type { Ruleset, SetNode } from "@bulkhead/shared/nft/ruleset.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { Generation } from "./generation.ts";

const BOOT_FORMAT_VERSION = 1;
/** What systemd allows in a unit's name: nothing else is put into a line that a shell reads. */
const UNIT_PATH = /^[A-Za-z0-9:_.\\@/-]+$/;

/** The whole file. Units that do not run now are expected where systemd puts them unless it is told otherwise. */
export function encodeBoot({ policy, facts, stamp, log, digest }: Omit<Generation, "loadedAt">): string {
  const { sets, chains } = compile(policy, expected(facts, policy), { stamp, log, digest });
  const units = sets.flatMap(unitLines);
  const body = [...units, render({ sets: sets.map(withoutUnits), chains } satisfies Ruleset)].join("\n");
  const checksum = createHash("sha256").update(body).digest("hex");
  return `# bulkhead-boot ${BOOT_FORMAT_VERSION} sha256:${checksum}\n${body}`;
}

/** During a shutdown, which is when the last text before a boot is written, services have ended already. */
function expected(facts: HostFacts, { rules }: HostPolicy): HostFacts {
  const units = new Map(rules.flatMap(({ local }) => (local.unit === undefined ? [] : [usual(local.unit)])));
  return { ...facts, units: { ...Object.fromEntries(units), ...facts.units } };
}

/** Instances of a template have a slice of their own (`man 5 systemd.slice`). */
function usual(unit: string): [string, readonly Cgroup[]] {
  const [template, instance] = unit.split("@");
  if (instance === undefined) return [unit, [{ path: `system.slice/${unit}`, level: 2, id: "0" }]];
  const slice = `system-${template?.replaceAll("-", "\\x2d")}.slice`;
  return [unit, [{ path: `system.slice/${slice}/${unit}`, level: 3, id: "0" }]];
}

function unitLines({ name, type, elements }: SetNode): readonly string[] {
  if (type !== "cgroupsv2") return [];
  return elements.flatMap((element) =>
    element.kind === "cgroup" && UNIT_PATH.test(element.path) ? [`#unit ${element.path} ${name}`] : [],
  );
}

function withoutUnits(set: SetNode): SetNode {
  return set.type === "cgroupsv2" ? { ...set, elements: [] } : set;
}
