/** Evidence of a segment and a time, put together from what is kept, by a thread that opens the files beside whoever writes. */

import { createHash } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { AddressRange } from "@bulkhead/shared/net/range.ts";
import { checkChain } from "../../store/audit/chain-check.ts";
import { EventSearch } from "../../store/audit/event-search.ts";
import { reportsOf } from "../../store/audit/host-reports.ts";
import { type Database, openReadOnly } from "../../store/database.ts";
import type { StoredEvent } from "../../store/estate/event-store.ts";
import { headText } from "../head.ts";
import { EvidenceBody, type EvidenceEntry, type EvidenceGap, type EvidenceMember } from "./evidence.ts";
import { flowsOfSegment } from "./flows-of-segment.ts";
import { auditGaps, type FlowAges, flowGaps, gap, memberGaps, serverGaps } from "./gaps.ts";
import { type Interval, lengthOf, merged, within } from "./intervals.ts";
import { type Membership, membershipsIn } from "./members.ts";
import { type InForce, policiesInForce } from "./policies-in-force.ts";

export interface EvidenceTask {
  readonly kind: "evidence";
  /** Of `bulkhead.db` and `flows.db`. */
  readonly path: string;
  readonly flowsPath: string;
  readonly segment: string;
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly ages: FlowAges;
  readonly server: EvidenceBody["server"];
}

export type Collected = EvidenceBody & { readonly digest: string };

const MOST_REPORTS = 5_000;
const MOST_ENTRIES = 5_000;
const LONGEST_FACTS = 4_096;
const ALARMS = ["tampering", "alert-opened", "alert-acknowledged", "alert-resolved"];

/** Throws `server/unknown-segment`, `server/store-unusable`. */
export function collectEvidence(task: EvidenceTask): Collected {
  const database = openReadOnly(task.path);
  try {
    // In the schema's order, which is what the digest is over.
    const body = EvidenceBody.parse(bodyOf(database, task));
    const digest = createHash("sha256").update(JSON.stringify(body)).digest("hex");
    return { ...body, digest: `sha256:${digest}` };
  } finally {
    database.close();
  }
}

function bodyOf(database: Database, task: EvidenceTask): EvidenceBody {
  const { segment, from, to, now, server, flowsPath, ages } = task;
  const time = { from, to: Math.min(to, now) };
  const policies = policiesInForce(database, segment, time);
  if (!policies.some(({ view }) => view.segment !== null))
    throw new BulkheadError(
      "server/unknown-segment",
      `no version of the policy that was in force in that time has a segment '${segment}'`,
    );
  const shortened: EvidenceGap[] = [];
  const memberships = membershipsIn(database, segment, policies);
  const members = memberships.map((member) => memberView(database, member, time, shortened));
  const ranges = rangesOf(policies, segment);
  const flows = flowsOfSegment(flowsPath, { name: segment, members: memberships, ranges }, time);
  if (flows.more > 0)
    shortened.push(
      gap(
        "shortened",
        "flows",
        time,
        `${flows.more} more rows of flows are not shown: those with the fewest connections`,
      ),
    );
  if (flows.isBlurred)
    shortened.push(
      gap(
        "shortened",
        "flows",
        time,
        "members changed so often that some flows from before and after a host's time in the segment are counted",
      ),
    );
  const entries = entriesOf(database, { segment, members, time, shortened });
  const verdict = checkChain(database);
  const { whole, head, fault } = verdict;
  return {
    ...{ formatVersion: 1, segment, ...time, madeAt: now, server },
    policies: policies.map(({ view }) => view),
    members,
    flows: [...flows.rows],
    ...entries,
    gaps: [
      ...auditGaps(database, verdict, time),
      ...serverGaps(database, time),
      ...members.flatMap((member) => memberGaps(member, time.to)),
      ...flowGaps(flowsPath, { members, time, now, ages }),
      ...shortened,
    ],
    audit: {
      ...{ whole, entries: verdict.entries, head: head && headText(head) },
      fault: fault && { number: fault.number, at: fault.at, what: fault.what, words: fault.words },
    },
  };
}

function memberView(
  database: Database,
  { host, managed, periods, addresses }: Membership,
  time: Interval,
  shortened: EvidenceGap[],
): EvidenceMember {
  const found = managed ? reportsOf(database, host, { ...time, most: MOST_REPORTS }) : [];
  if (found.length >= MOST_REPORTS)
    shortened.push(
      gap(
        "shortened",
        host,
        { from: found.at(-1)?.at ?? time.from, to: time.to },
        "it changed too often: later reports are not shown",
      ),
    );
  const reports = found.map(({ host: _, ingress, egress, ...report }) => ({
    ...report,
    modes: ingress === null || egress === null ? null : { ingress, egress },
  }));
  const held = reports.flatMap(({ at, connected, kernel, enforcement, digest, expected }, position) => {
    const holds =
      connected &&
      kernel === "holds" &&
      enforcement === "enforcing" &&
      digest === expected &&
      digest !== null;
    return holds ? [{ from: at, to: reports[position + 1]?.at ?? time.to }] : [];
  });
  return {
    ...{ host, managed, periods: [...periods], addresses: [...addresses], reports },
    heldMilliseconds: lengthOf(within(periods, merged(held))),
    memberMilliseconds: lengthOf(periods),
  };
}

function rangesOf(policies: readonly InForce[], name: string): AddressRange[] {
  return policies.flatMap(({ policy }) => {
    const segment = policy?.segments.get(name);
    return segment?.kind === "addresses" ? segment.ranges : [];
  });
}

interface Asked {
  readonly segment: string;
  readonly members: readonly EvidenceMember[];
  readonly time: Interval;
  readonly shortened: EvidenceGap[];
}

function entriesOf(
  database: Database,
  { segment, members, time, shortened }: Asked,
): Pick<EvidenceBody, "alarms" | "actions"> {
  const hosts = new Set(members.map(({ host }) => host));
  const search = new EventSearch(database);
  const between = { since: time.from, until: time.to };
  const alarms = search
    .all({ ...between, kinds: ALARMS })
    .filter(({ about, facts }) => namesAny(about, facts, [...hosts, segment]));
  const actions = search
    .all(between)
    .filter((event) => !ALARMS.includes(event.kind) && isAction(event, hosts));
  return {
    alarms: upTo(alarms, "alarms", time, shortened),
    actions: upTo(actions, "actions", time, shortened),
  };
}

/** What somebody did, and what happened to members; not what concerns other hosts alone. */
function isAction({ kind, who, about }: StoredEvent, hosts: ReadonlySet<string>): boolean {
  if (hosts.has(about)) return true;
  if (who.startsWith("host ") || who.startsWith("token ") || who === "anyone") return false;
  if (kind.startsWith("host-")) return false;
  return who !== "server" || kind.startsWith("server-") || kind.startsWith("rollout-");
}

function namesAny(about: string, facts: object, names: readonly string[]): boolean {
  const text = JSON.stringify([about, facts]);
  return names.some((name) => text.includes(JSON.stringify(name)) || about.split(/ -> |, | /).includes(name));
}

function upTo(
  events: Iterable<StoredEvent>,
  about: string,
  time: Interval,
  shortened: EvidenceGap[],
): EvidenceEntry[] {
  const views: EvidenceEntry[] = [];
  for (const { id, hash: _, facts, ...event } of events) {
    if (views.length >= MOST_ENTRIES) {
      const part = { from: event.at, to: Math.max(time.to, event.at + 1) };
      shortened.push(
        gap("shortened", about, part, `more than ${MOST_ENTRIES}: later ones are in the audit log`),
      );
      break;
    }
    const isLong = JSON.stringify(facts).length > LONGEST_FACTS;
    views.push({ number: id, ...event, facts: isLong ? { shortened: true } : { ...facts } });
  }
  return views;
}
