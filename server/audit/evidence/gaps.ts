/** What is not known of a time, said plainly: an empty record and a missing one must not look alike. */

import type { ChainVerdict } from "../../store/audit/chain-check.ts";
import { EventSearch } from "../../store/audit/event-search.ts";
import { type Database, openReadOnly } from "../../store/database.ts";
import { LossTable } from "../../store/flows/loss-table.ts";
import type { EvidenceGap, EvidenceMember } from "./evidence.ts";
import { type Interval, merged, overlap, within } from "./intervals.ts";

/** How old flows may grow, in seconds. */
export interface FlowAges {
  readonly coarse: number;
}

const FINE_MILLISECONDS = 10_000;

/** When the server did not run, or nobody knows whether it did. */
export function serverGaps(database: Database, time: Interval): EvidenceGap[] {
  const starts = [...new EventSearch(database).all({ kinds: ["server-started"] })];
  const away = starts.flatMap(({ at, facts }) => {
    const part = typeof facts.lastAlive === "number" && overlap({ from: facts.lastAlive, to: at }, time);
    if (!part) return [];
    const how =
      facts.before === "killed" ? "it had been killed, or the machine failed" : "it had been stopped";
    return [
      gap(
        "server-away",
        "server",
        part,
        `the server did not run (${how}): hosts went on enforcing, and nobody saw them`,
      ),
    ];
  });
  const [first] = starts;
  const before = overlap({ from: 0, to: first?.at ?? time.to }, time);
  const unknown = "the server was not there yet, or did not record its starts yet";
  return [...(before === undefined ? [] : [gap("server-away", "server", before, unknown)]), ...away];
}

/** When a member was not connected, or had never reported. */
export function memberGaps({ host, managed, periods, reports }: EvidenceMember, to: number): EvidenceGap[] {
  if (!managed) {
    const words = "no agent reports for it: the policy alone names it";
    return periods.map((period) => gap("host-unreported", host, period, words));
  }
  const first = reports[0]?.at ?? to;
  const unreported = within(periods, [{ from: 0, to: first }]);
  const away = reports.flatMap(({ at, connected }, position) =>
    connected ? [] : [{ from: at, to: reports[position + 1]?.at ?? to }],
  );
  const missed = reports.flatMap(({ at, missed }, position) =>
    missed === 0 ? [] : [{ from: reports[position - 1]?.at ?? at, to: at + 1, missed }],
  );
  return [
    ...unreported.map((part) => gap("host-unreported", host, part, "what its kernel held is not recorded")),
    ...within(periods, merged(away)).map((part) =>
      gap(
        "host-away",
        host,
        part,
        "it was not connected: it kept what it had, and what its kernel held is not known",
      ),
    ),
    ...missed.map(({ missed, ...part }) =>
      gap("reports-missed", host, part, `${missed} changes of its state were too many to keep`),
    ),
  ];
}

/** What is missing of the flows. @param path of `flows.db`. */
export function flowGaps(
  path: string,
  {
    members,
    time,
    now,
    ages,
  }: { members: readonly EvidenceMember[]; time: Interval; now: number; ages: FlowAges },
): EvidenceGap[] {
  const database = openReadOnly(path);
  try {
    const cut = overlap({ from: 0, to: now - ages.coarse * 1_000 }, time);
    const words = `flows are kept for ${Math.round(ages.coarse / 86_400)} days: older ones are gone`;
    return [
      ...(cut === undefined ? [] : [gap("retention", "flows", cut, words)]),
      ...coarseGaps(database, time),
      ...lossGaps(database, members, time),
    ];
  } finally {
    database.close();
  }
}

function coarseGaps(database: Database, time: Interval): EvidenceGap[] {
  const spans = database
    .prepare(
      "SELECT width, min(begin) AS 'from', max(finish) AS 'to' FROM span WHERE width > ? AND records > 0 GROUP BY width",
    )
    .all(FINE_MILLISECONDS) as (Interval & { readonly width: number })[];
  return spans.flatMap(({ width, ...span }) => {
    const part = overlap(span, time);
    const words = `flows are kept in buckets of ${width / 60_000} minutes: moments are known to that, and what begins or ends in one is counted as a whole`;
    return part === undefined ? [] : [gap("coarse", "flows", part, words)];
  });
}

/** One for each host and kind. */
function lossGaps(database: Database, members: readonly EvidenceMember[], time: Interval): EvidenceGap[] {
  const losses = new LossTable(database);
  return members.flatMap(({ host }) => {
    const lost = losses.since(time.from, host).filter(({ start }) => start < time.to);
    return [...Map.groupBy(lost, ({ what }) => what)].map(([what, all]) => {
      const part = {
        from: Math.min(...all.map(({ start }) => start)),
        to: Math.max(...all.map(({ end }) => end)) + 1,
      };
      const known = all.reduce((sum, { count = 0 }) => sum + count, 0);
      const unknown = all.some(({ count }) => count === undefined) ? ", and an unknown number more" : "";
      return gap("records-lost", host, part, `${known} records of flows were lost${unknown}: ${what}`);
    });
  });
}

/** What the audit log itself cannot vouch for. */
export function auditGaps(
  database: Database,
  { whole, unchained, fault }: ChainVerdict,
  time: Interval,
): EvidenceGap[] {
  const [begun] = new EventSearch(database).latest({ kinds: ["audit-chain-begun"] }, { most: 1 });
  const before = unchained > 0 && begun !== undefined ? overlap({ from: 0, to: begun.at }, time) : undefined;
  const words = `the audit log is chained since then: its first ${unchained} entries are as they were found`;
  return [
    ...(whole ? [] : [gap("altered", "audit", time, `the audit log was altered: ${fault?.words ?? ""}`)]),
    ...(before === undefined ? [] : [gap("unchained", "audit", before, words)]),
  ];
}

export function gap(
  what: EvidenceGap["what"],
  about: string,
  { from, to }: Interval,
  words: string,
): EvidenceGap {
  return { what, about, from, to, words };
}
