/** Which version of the policy was in force when, and what it said of the segment. */

import { formatRange } from "@bulkhead/shared/net/range.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import {
  ANY,
  ANY_HOST,
  type Endpoint,
  type Policy,
  type Rule,
  type Segment,
} from "@bulkhead/shared/policy/policy.ts";
import { EventSearch } from "../../store/audit/event-search.ts";
import type { Database } from "../../store/database.ts";
import { filesDigest } from "../../store/estate/files-digest.ts";
import { PolicyStore } from "../../store/estate/policy-store.ts";
import type { EvidencePolicy } from "./evidence.ts";
import { type Interval, overlap } from "./intervals.ts";

export interface InForce {
  readonly view: EvidencePolicy;
  readonly policy: Policy | undefined;
}

/** In the order of time. */
export function policiesInForce(database: Database, segment: string, time: Interval): readonly InForce[] {
  const store = new PolicyStore(database);
  const activations = store.activations(Number.MAX_SAFE_INTEGER).toReversed();
  return activations.flatMap(({ id, policy: number, at, by, kind }, position) => {
    const part = overlap({ from: at, to: activations[position + 1]?.at ?? Number.POSITIVE_INFINITY }, time);
    const stored = store.find(number);
    if (part === undefined || stored === undefined) return [];
    const { policy } = parsePolicy(stored.files);
    const found = policy?.segments.get(segment);
    const digest = filesDigest(stored.files);
    const view: EvidencePolicy = {
      ...{ version: number, revision: id, ...part, kind, activatedBy: by },
      ...{ author: stored.author, pushedAt: stored.at, message: stored.message, digest: stored.digest },
      digestHolds: digest === stored.digest && isAsPushed(database, number, digest),
      approvals: approvalsOf(database, number),
      segment: found === undefined ? null : segmentView(found),
      rules: (policy?.rules ?? []).filter((rule) => concerns(rule, segment)).map(ruleView),
    };
    return [{ view, policy }];
  });
}

/** What the log says of the push; an older server's says no digest. */
function isAsPushed(database: Database, number: number, digest: string): boolean {
  const pushes = new EventSearch(database).latest(
    { about: String(number), kinds: ["policy-pushed"] },
    { most: 100 },
  );
  return pushes.every(({ facts }) => facts.digest === undefined || facts.digest === digest);
}

function approvalsOf(database: Database, number: number): EvidencePolicy["approvals"] {
  const kinds = ["policy-approved", "policy-approval-withdrawn"];
  const by = new Map<string, EvidencePolicy["approvals"][number]>();
  for (const { kind, who, at, facts } of new EventSearch(database)
    .latest({ about: String(number), kinds }, { most: 1_000 })
    .toReversed())
    if (kind === "policy-approved") by.set(who, { by: who, at, note: String(facts.note ?? "") });
    else by.delete(who);
  return [...by.values()];
}

function segmentView(segment: Segment): NonNullable<EvidencePolicy["segment"]> {
  const { kind, place } = segment;
  const where = `${place.file}:${place.line}`;
  switch (segment.kind) {
    case "select": {
      const { ingress, egress } = segment.mode;
      const mode =
        ingress === egress ? (ingress ?? "") : `ingress ${ingress ?? "-"}, egress ${egress ?? "-"}`;
      return { kind, is: segment.selector.text, mode, place: where };
    }
    case "addresses":
      return { kind, is: segment.ranges.map(formatRange).join(", "), mode: "", place: where };
    case "names":
      return { kind, is: segment.names.join(", "), mode: "", place: where };
  }
}

function concerns({ from, to }: Rule, segment: string): boolean {
  return [...from, ...to].some(
    (endpoint) => endpoint.kind === "segment" && [segment, ANY, ANY_HOST].includes(endpoint.segment),
  );
}

function ruleView(rule: Rule): EvidencePolicy["rules"][number] {
  const { name, place, action, serviceText, from, to, same, expires, note } = rule;
  return {
    ...{ name, place: `${place.file}:${place.line}`, action, services: [...serviceText], same: [...same] },
    ...{ from: from.map(endpointText), to: to.map(endpointText) },
    ...{ expires: expires ?? null, note: note ?? null },
  };
}

function endpointText(endpoint: Endpoint): string {
  if (endpoint.kind === "addresses") return endpoint.text;
  const { segment, unit, user } = endpoint;
  return [
    segment,
    ...(unit === undefined ? [] : [`unit ${unit}`]),
    ...(user === undefined ? [] : [`user ${user}`]),
  ].join(" ");
}
