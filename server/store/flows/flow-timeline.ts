/** Connections by time and verdict: how much was allowed and denied when. */

import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { Database } from "../database.ts";
import { chooseCandidates } from "./candidates.ts";
import { flowFilter } from "./filter.ts";
import { FlowReader } from "./flow-reader.ts";
import { keyTexts } from "./flow-search.ts";
import { VERDICTS } from "./half.ts";
import type { FlowFilter } from "./joined-flow.ts";
import { joinedFlow } from "./joining.ts";
import type { Pair } from "./pairing.ts";
import { paired } from "./pairing.ts";

export interface TimelineQuery extends FlowFilter {
  /** Milliseconds that each slot is long. */
  readonly step: number;
}

/** In the order of time, slots without any left out. Records that are coarser than a slot are in the one in which their bucket begins. */
export interface TimelineSlot {
  /** Where it begins, milliseconds since 1970-01-01T00:00Z. */
  readonly at: number;
  readonly allowed: number;
  readonly wouldDeny: number;
  readonly denied: number;
}

/** Both ends report a connection; it is counted by the one that `tellerOf` names. */
const COUNT = `SELECT (span.begin + tally.bucket * span.width) / CAST(@step AS INTEGER) * CAST(@step AS INTEGER) AS at,
  total(CASE told.value ->> 1 WHEN 0 THEN tally.connections END) AS allowed,
  total(CASE told.value ->> 1 WHEN 1 THEN tally.connections END) AS wouldDeny,
  total(CASE told.value ->> 1 WHEN 2 THEN tally.connections END) AS denied
  FROM json_each(@flows) AS told CROSS JOIN span CROSS JOIN tally
  WHERE tally.span = span.id AND tally.flow = told.value ->> 0 AND span.finish > @since AND span.begin <= @until
  AND span.begin + tally.bucket * span.width + tally.finish >= @since AND span.begin + tally.bucket * span.width + tally.start <= @until
  GROUP BY at ORDER BY at`;

/** Throws `server/invalid-request` for a service that is none. */
export function timelineOf(
  database: Database,
  query: TimelineQuery,
  isManaged: (address: string) => boolean,
): readonly TimelineSlot[] {
  const isWanted = flowFilter(query);
  const time = { since: query.since, until: query.until ?? Number.MAX_SAFE_INTEGER };
  const reader = new FlowReader(database);
  const told = new Map<number, number>();
  for (const { key, halves } of reader.halves(time, chooseCandidates(database, query) ? "candidates" : "all"))
    for (const pair of paired(halves)) {
      const flow = joinedFlow(keyTexts(reader, key), pair, isManaged);
      const teller = isWanted(flow) ? tellerOf(pair, flow.verdict) : undefined;
      if (teller !== undefined) told.set(teller, VERDICTS.indexOf(flow.verdict));
    }
  if (told.size === 0) return [];
  const flows = JSON.stringify([...told]);
  return database.prepare(COUNT).all({ ...time, step: query.step, flows }) as TimelineSlot[];
}

/** The half that bears the flow's verdict, and of two such the one that saw more. */
function tellerOf({ egress, ingress }: Pair, verdict: Verdict): number | undefined {
  const bearing = [egress, ingress].filter((half) => half?.verdict === verdict);
  const [first, second] = bearing;
  return second !== undefined && first !== undefined && second.connections > first.connections
    ? second.id
    : first?.id;
}
