/** Rules, members, services and segments that nothing has used, never beyond what was recorded. Pure. */

import { formatRange } from "../net/range.ts";
import { formatService } from "../net/service.ts";
import type { Policy, Rule, Segment } from "../policy/policy.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import type { RecordedFlow } from "./recorded-flow.ts";
import type { Known, Unused, UnusedMember, UnusedNoun, UnusedService, Watcher } from "./unused.ts";
import { servicesOfRules, Usage } from "./usage.ts";
import { knownOfAll, knownOfHost, knownOfRule, type Watched } from "./watching.ts";

export interface UnusedRequest {
  readonly resolved: ResolvedPolicy;
  /** Hosts that report. */
  readonly watchers: readonly Watcher[];
  /** From when on a rule has been active without a break, as far back as is looked at. */
  readonly ruleSince: (rule: Rule) => number;
  /** The time that is looked at. */
  readonly since: number;
  readonly until: number;
  readonly progress: (judged: number) => void;
}

const PROGRESS = 10_000;
const NOT_NAMED: Known = { kind: "not-named", why: "no rule names it" };

export function findUnused(flows: Iterable<RecordedFlow>, request: UnusedRequest): Unused {
  const { resolved, watchers, since, until, progress } = request;
  const usage = new Usage(resolved);
  let judged = 0;
  for (const flow of flows) {
    if (++judged % PROGRESS === 0) progress(judged);
    usage.add(flow);
  }
  const watched: Watched = {
    resolved,
    watchers: new Map(watchers.map((watcher) => [watcher.host, watcher])),
    // Where nothing at all was recorded, nothing is known before now.
    recordSince: Math.max(since, Math.min(usage.first, until)),
  };
  const living = resolved.policy.rules.filter(({ expires }) => expires === undefined || expires > until);
  const known = new Map(
    living.map((rule) => [rule, knownOfRule(rule, request.ruleSince(rule), watched)] as const),
  );
  const rules = living.filter(({ name }) => !usage.rules.has(name));
  const finding = { policy: resolved.policy, usage, watched, known };
  return {
    rules: rules.map((rule) => ({
      ...{ name: rule.name, place: rule.place, action: rule.action, note: rule.note ?? null },
      known: known.get(rule) ?? NOT_NAMED,
    })),
    segments: [...resolved.policy.segments.values()].flatMap(
      (segment) => unusedSegment(segment, finding) ?? [],
    ),
    members: [...resolved.policy.segments.values()].flatMap((segment) => unusedMembers(segment, finding)),
    services: unusedServices(finding),
    used: { rules: living.length - rules.length, ofRules: living.length },
  };
}

interface Finding {
  readonly policy: Policy;
  readonly usage: Usage;
  readonly watched: Watched;
  /** Of all rules that have not expired. */
  readonly known: ReadonlyMap<Rule, Known>;
}

function naming(segment: string, { known }: Finding): readonly Rule[] {
  return [...known.keys()].filter(({ from, to }) =>
    [...from, ...to].some((end) => end.kind === "segment" && end.segment === segment),
  );
}

function unusedSegment(segment: Segment, finding: Finding): UnusedNoun | undefined {
  const { name, place } = segment;
  const rules = naming(name, finding);
  // A segment that sets a mode has its use without any rule.
  const hasMode = segment.kind === "select" && Object.keys(segment.mode).length > 0;
  if (rules.length === 0) return hasMode ? undefined : { name, place, known: NOT_NAMED };
  if (rules.some((rule) => finding.usage.rules.has(rule.name))) return undefined;
  return { name, place, known: knownOfAll(rules.flatMap((rule) => finding.known.get(rule) ?? [])) };
}

function unusedMembers(segment: Segment, finding: Finding): readonly UnusedMember[] {
  const { usage, watched } = finding;
  const rules = naming(segment.name, finding);
  // Where nothing used the segment, that is said of the segment.
  if (!rules.some((rule) => usage.rules.has(rule.name))) return [];
  if (segment.kind === "select") {
    const used = usage.hosts.get(segment.name);
    return watched.resolved.inventory
      .members(segment.name)
      .filter(({ name }) => used?.has(name) !== true)
      .map(({ name }) => ({
        ...{ segment: segment.name, member: name, kind: "host" as const, known: knownOfHost(name, watched) },
      }));
  }
  // An address says nothing of the name that it was reached by.
  if (segment.kind === "names") return [];
  const used = usage.ranges.get(segment.name);
  const known = knownOfAll(rules.flatMap((rule) => finding.known.get(rule) ?? []));
  return segment.ranges.flatMap((range, at) =>
    used?.has(at) === true
      ? []
      : { segment: segment.name, member: formatRange(range), kind: "block" as const, known },
  );
}

function unusedServices(finding: Finding): readonly UnusedService[] {
  const { policy, usage, known } = finding;
  const users = new Map<string, Rule[]>();
  const servicesOf = servicesOfRules(policy);
  for (const rule of known.keys())
    for (const { name } of servicesOf(rule)) users.getOrInsertComputed(name, () => []).push(rule);
  return [...policy.services.values()].flatMap(({ name, place, service }): readonly UnusedService[] => {
    const rules = users.get(name) ?? [];
    if (rules.length === 0) return [{ name, place, parts: [], known: NOT_NAMED }];
    const used = usage.terms.get(name);
    const terms = service === "all" ? [] : service;
    const unused = terms.filter((_, at) => used?.has(at) !== true);
    if (unused.length === 0) return [];
    return [
      {
        ...{ name, place, parts: unused.length === terms.length ? [] : formatService(unused) },
        known: knownOfAll(rules.flatMap((rule) => known.get(rule) ?? [])),
      },
    ];
  });
}
