/** Who was in a segment when: the hosts' labels and addresses as the audit log tells them, under the policies that were in force. */

import type { Labels } from "@bulkhead/shared/policy/labels.ts";
import { selects } from "@bulkhead/shared/segments/selector.ts";
import { EventSearch } from "../../store/audit/event-search.ts";
import type { Database } from "../../store/database.ts";
import type { StoredEvent } from "../../store/estate/event-store.ts";
import { type Interval, merged, overlap } from "./intervals.ts";
import type { InForce } from "./policies-in-force.ts";

export interface Membership {
  readonly host: string;
  readonly managed: boolean;
  readonly periods: readonly Interval[];
  readonly addresses: readonly string[];
}

/** What a host was in some time. */
interface Phase extends Interval {
  readonly labels: Labels;
  readonly addresses: readonly string[];
  /** Whether it was in any group at all: not revoked, its lease not over. */
  readonly isThere: boolean;
}

const KINDS = [
  "host-joined",
  "host-labelled",
  "addresses-changed",
  "host-revoked",
  "lease-ended",
  "lease-begun",
];

/** By name. */
export function membershipsIn(
  database: Database,
  segment: string,
  policies: readonly InForce[],
): readonly Membership[] {
  const to = policies.at(-1)?.view.to ?? 0;
  const phases = phasesOf(database, to);
  const found = new Map<string, { managed: boolean; periods: Interval[]; addresses: Set<string> }>();
  const add = (host: string, managed: boolean, period: Interval, addresses: readonly string[]) => {
    const member = found.getOrInsertComputed(host, () => ({ managed, periods: [], addresses: new Set() }));
    member.periods.push(period);
    for (const address of addresses) member.addresses.add(address);
  };
  for (const { view, policy } of policies) {
    const wanted = policy?.segments.get(segment);
    if (wanted?.kind !== "select") continue;
    for (const [host, all] of phases)
      for (const { labels, addresses, isThere, ...time } of all) {
        const period = overlap(time, view);
        if (isThere && period !== undefined && selects(wanted.selector, { ...labels, host }))
          add(host, true, period, addresses);
      }
    for (const { name, labels, addresses } of policy?.hosts.values() ?? [])
      if (!phases.has(name) && selects(wanted.selector, { ...labels, host: name }))
        add(name, false, view, addresses);
  }
  return [...found]
    .map(([host, { managed, periods, addresses }]) => ({
      ...{ host, managed, periods: merged(periods), addresses: [...addresses] },
    }))
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

/** By host, from its joining on. */
function phasesOf(database: Database, until: number): ReadonlyMap<string, readonly Phase[]> {
  const phases = new Map<string, Phase[]>(originsOf(database));
  for (const event of new EventSearch(database).all({ kinds: KINDS, until })) {
    const all = phases.getOrInsertComputed(event.about, () => []);
    const last = all.at(-1);
    const { from: _, to: __, ...before } = last ?? NOBODY_YET;
    if (last !== undefined) all[all.length - 1] = { ...last, to: event.at };
    all.push({ ...before, ...changeOf(event), from: event.at, to: Number.POSITIVE_INFINITY });
  }
  return phases;
}

const NOBODY_YET: Phase = { labels: {}, addresses: [], isThere: false, from: 0, to: 0 };

/** Hosts of which the log does not tell that they joined: they were as they are, or as the first change found them. */
function originsOf(database: Database): [string, Phase[]][] {
  const rows = database
    .prepare(
      `SELECT name, labels, addresses, joined_at AS joinedAt FROM host
       WHERE NOT EXISTS (SELECT 1 FROM event WHERE kind = 'host-joined' AND about = host.name)`,
    )
    .all() as { name: string; labels: string; addresses: string; joinedAt: number }[];
  const search = new EventSearch(database);
  return rows.map(({ name, labels, addresses, joinedAt }) => {
    const [labelled] = search.all({ about: name, kinds: ["host-labelled"] });
    const first = (labelled?.facts.from as Labels | undefined) ?? (JSON.parse(labels) as Labels);
    return [
      name,
      [
        {
          labels: first,
          addresses: JSON.parse(addresses),
          isThere: true,
          from: joinedAt,
          to: Number.POSITIVE_INFINITY,
        },
      ],
    ];
  });
}

function changeOf({ kind, facts }: StoredEvent): Partial<Phase> {
  switch (kind) {
    case "host-joined":
      return { labels: facts.labels as Labels, addresses: facts.addresses as string[], isThere: true };
    case "host-labelled":
      return { labels: facts.to as Labels };
    case "addresses-changed":
      return { addresses: facts.to as string[] };
    case "lease-begun":
      return { isThere: true };
    default:
      return { isThere: false };
  }
}
