/** From when on the record can tell whether something was used, and who may have missed it. */

import { ANY_HOST, type Endpoint, type Rule } from "../policy/policy.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import type { Known, Watcher } from "./unused.ts";

export interface Watched {
  readonly resolved: ResolvedPolicy;
  readonly watchers: ReadonlyMap<string, Watcher>;
  /** From when on there is any record, within the time that is looked at. */
  readonly recordSince: number;
}

/** What one side of a rule sees of its use; undefined where not all of it is hosts that report. */
interface View {
  readonly since: number;
  readonly gaps: readonly string[];
}

/** Either end of a rule sees all of its use, if all of that end reports. `since`: from when on the rule is there. */
export function knownOfRule(rule: Rule, since: number, watched: Watched): Known {
  const views = [rule.from, rule.to].flatMap((end) => viewOf(end, watched) ?? []);
  const whole = views.filter(({ gaps }) => gaps.length === 0).sort((a, b) => a.since - b.since);
  const [best] = whole;
  if (best !== undefined) return unusedSince({ rule: since, hosts: best.since, record: watched.recordSince });
  const gaps = views.flatMap((view) => view.gaps);
  return {
    kind: "not-known",
    why: gaps.length === 0 ? "no end of it is hosts alone that report" : some(gaps),
  };
}

export function knownOfHost(host: string, { watchers, recordSince }: Watched): Known {
  const watcher = watchers.get(host);
  if (watcher === undefined) return { kind: "not-known", why: `${host} does not report` };
  if (watcher.gap !== undefined) return { kind: "not-known", why: watcher.gap };
  return unusedSince({ rule: 0, hosts: watcher.since, record: recordSince });
}

/** Of something that several rules would have used: known as far as all of them are. */
export function knownOfAll(known: readonly Known[]): Known {
  const missing = known.find(({ kind }) => kind === "not-known");
  if (missing !== undefined) return missing;
  return known.reduce((latest, one) =>
    one.kind === "unused" && (latest.kind !== "unused" || one.since > latest.since) ? one : latest,
  );
}

function viewOf(endpoints: readonly Endpoint[], { resolved, watchers }: Watched): View | undefined {
  const hosts = new Set<string>();
  for (const endpoint of endpoints) {
    if (endpoint.kind !== "segment") return undefined;
    const isHosts =
      endpoint.segment === ANY_HOST || resolved.policy.segments.get(endpoint.segment)?.kind === "select";
    if (!isHosts) return undefined;
    for (const { name } of resolved.inventory.members(endpoint.segment)) hosts.add(name);
  }
  const seeing = [...hosts].map((host) => watchers.get(host));
  if (seeing.length === 0 || seeing.includes(undefined)) return undefined;
  const all = seeing.filter((watcher) => watcher !== undefined);
  return {
    since: all.reduce((latest, { since }) => Math.max(latest, since), 0),
    gaps: all.flatMap(({ gap }) => gap ?? []),
  };
}

function unusedSince({
  rule,
  hosts,
  record,
}: {
  readonly rule: number;
  readonly hosts: number;
  readonly record: number;
}): Known {
  const since = Math.max(rule, hosts, record);
  const why =
    since === record
      ? "the record begins there"
      : since === rule
        ? "the rule is there since then"
        : "a host that would have seen it has joined then";
  return { kind: "unused", since, why };
}

function some(gaps: readonly string[]): string {
  const shown = gaps.slice(0, 3).join("; ");
  return gaps.length > 3 ? `${shown}; and ${gaps.length - 3} more hosts` : shown;
}
