import type { HostPolicy } from "./host-policy.ts";

/** What a host must find out before its policy can be compiled; each list sorted, without duplicates. */
export interface NeededFacts {
  /** DNS names to resolve. */
  readonly names: readonly string[];
  /** systemd units whose cgroups are asked for. */
  readonly units: readonly string[];
  /** Local accounts whose uids are asked for. */
  readonly users: readonly string[];
}

export function factsNeeded({ groups, rules }: HostPolicy): NeededFacts {
  return {
    names: distinct(Object.values(groups).flatMap((group) => (group.kind === "names" ? group.names : []))),
    units: distinct(rules.flatMap(({ local }) => local.unit ?? [])),
    users: distinct(rules.flatMap(({ local }) => local.user ?? [])),
  };
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
