/** Which hosts have to enforce something else under another policy. */

import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";

export interface AffectedHost {
  readonly name: string;
  /** What is different for it: `rules`, `members` (of groups that its rules name), `modes`, `new` (it had no policy), `gone` (it has none any more). */
  readonly what: readonly ("rules" | "members" | "modes" | "new" | "gone")[];
}

/** Sorted by name. */
export function affectedHosts(
  old: ResolvedPolicy | undefined,
  next: ResolvedPolicy,
): readonly AffectedHost[] {
  const names = new Set([...(old?.hosts.keys() ?? []), ...next.hosts.keys()]);
  const alike = new Alike();
  return [...names]
    .map((name): AffectedHost => {
      const before = old?.hosts.has(name) ? old.hostPolicy(name) : undefined;
      const after = next.hosts.has(name) ? next.hostPolicy(name) : undefined;
      if (before === undefined) return { name, what: ["new"] };
      if (after === undefined) return { name, what: ["gone"] };
      return { name, what: alike.differences(before, after) };
    })
    .filter(({ what }) => what.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Hosts at which the same rules stand share them, so that most comparisons were made before. */
class Alike {
  readonly #rules = new WeakMap<HostPolicy["rules"], string>();
  readonly #members = new WeakMap<HostPolicy["groups"], string>();

  differences(before: HostPolicy, after: HostPolicy): AffectedHost["what"] {
    const rules = (one: HostPolicy) =>
      this.#rules.getOrInsertComputed(one.rules, () => JSON.stringify(one.rules.map(withoutPlace)));
    const members = (one: HostPolicy) =>
      this.#members.getOrInsertComputed(one.groups, () =>
        JSON.stringify(Object.entries(one.groups).sort(byId)),
      );
    return [
      ...(rules(before) === rules(after) ? [] : ["rules" as const]),
      ...(members(before) === members(after) ? [] : ["members" as const]),
      ...(JSON.stringify(before.modes) === JSON.stringify(after.modes) ? [] : ["modes" as const]),
    ];
  }
}

/** A rule that has only moved in its file is the same one. */
function withoutPlace({ rule, ...rest }: HostPolicy["rules"][number]): object {
  return { ...rest, rule: rule.name };
}

function byId([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
