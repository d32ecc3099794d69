/** Which flows a search has to look at, by the store's indexes: all that `flowFilter` may want, and as few others as can be said in SQL. */

import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { parseRange } from "@bulkhead/shared/net/range.ts";
import type { Database } from "../database.ts";
import { keyRange } from "./address-key.ts";
import { serviceOf } from "./filter.ts";
import { VERDICTS } from "./half.ts";
import { SERVICE_ROOM } from "./identities.ts";
import type { FlowFilter } from "./joined-flow.ts";

export interface SqlPart {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The flows that hold what is asked for. Undefined where nothing was asked for that an index knows. */
export function candidateQuery(filter: FlowFilter): SqlPart | undefined {
  const condition = candidateCondition(filter);
  return (
    condition && {
      sql: `SELECT id, source, destination, service FROM flow WHERE ${condition.sql}`,
      parameters: condition.parameters,
    }
  );
}

/** The same as a condition on a row of `flow`. */
export function candidateCondition(filter: FlowFilter): SqlPart | undefined {
  const parts = [
    ...endParts(filter),
    ...(filter.peer === undefined ? [] : [eitherEnd(filter.peer)]),
    ...(filter.segment === undefined ? [] : [eitherParty("segment = ?", [filter.segment])]),
    ...(filter.host === undefined ? [] : [eitherParty("host = ?", [filter.host])]),
    ...(filter.unit === undefined
      ? []
      : [eitherParty("unit IN (?, ?)", [filter.unit, `${filter.unit}.service`])]),
    ...verdictParts(filter),
    ...serviceParts(filter),
    ...(filter.unconfirmed === true ? [OWN] : []),
  ];
  if (parts.length === 0) return undefined;
  return {
    sql: parts.map(({ sql }) => sql).join(" AND "),
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}

/** What the other end said of the same is looked at as well. */
const CHOOSE = `INSERT OR IGNORE INTO temp.candidate
  SELECT flow.id, flow.source, flow.destination, flow.service FROM (SELECT DISTINCT source, destination, service FROM (FOUND)) AS found
  CROSS JOIN flow INDEXED BY flow_facts ON flow.source = found.source AND flow.destination = found.destination AND flow.service = found.service`;

/** Made once for each connection; holds the candidates of one search at a time. */
export function prepareCandidates(database: Database): void {
  database.exec(
    "CREATE TEMP TABLE candidate (flow INTEGER PRIMARY KEY, source INTEGER, destination INTEGER, service INTEGER)",
  );
}

/** Writes them to `temp.candidate`; false where all flows are. */
export function chooseCandidates(database: Database, filter: FlowFilter): boolean {
  const query = candidateQuery(filter);
  database.prepare("DELETE FROM temp.candidate").run();
  if (query === undefined) return false;
  database.prepare(CHOOSE.replace("FOUND", () => query.sql)).run(...query.parameters);
  return true;
}

/** Whether there are at least so many of them, what the other end said of the same not among them; so there are where all flows are. */
export function areCandidates(database: Database, filter: FlowFilter, atLeast: number): boolean {
  const query = candidateQuery(filter);
  if (query === undefined) return true;
  const counted = database
    .prepare(`SELECT count(*) FROM (SELECT 1 FROM (${query.sql}) LIMIT ?)`)
    .pluck()
    .get(...query.parameters, atLeast) as number;
  return counted >= atLeast;
}

/** A plus keeps SQLite from looking for each source with each destination. */
const OWN: SqlPart = {
  sql: "source IN (SELECT address FROM own) AND +destination IN (SELECT address FROM own)",
  parameters: [],
};

/** The index of one end is used: that of a single address, or of destinations, which are fewer. */
function endParts({ from, to }: FlowFilter): readonly SqlPart[] {
  if (from === undefined || to === undefined)
    return [
      ...(from === undefined ? [] : [endPart("source", from)]),
      ...(to === undefined ? [] : [endPart("destination", to)]),
    ];
  return parseAddress(from) === undefined
    ? [endPart("+source", from), endPart("destination", to)]
    : [endPart("source", from), endPart("+destination", to)];
}

function endPart(end: "source" | "destination" | "+source" | "+destination", asked: string): SqlPart {
  const range = parseRange(asked);
  if ("problem" in range)
    return {
      sql: `${end}_party IN (SELECT id FROM party WHERE host = ? OR segment = ?)`,
      parameters: [asked, asked],
    };
  const { first, last, length } = keyRange(range);
  return {
    sql: `${end} IN (SELECT id FROM address WHERE number BETWEEN ? AND ? AND length(number) = ?)`,
    parameters: [first, last, length],
  };
}

function eitherEnd(asked: string): SqlPart {
  const [source, destination] = [endPart("source", asked), endPart("destination", asked)];
  return {
    sql: `(${source.sql} OR ${destination.sql})`,
    parameters: [...source.parameters, ...destination.parameters],
  };
}

function eitherParty(condition: string, parameters: readonly string[]): SqlPart {
  const parties = `IN (SELECT id FROM party WHERE ${condition})`;
  return {
    sql: `(source_party ${parties} OR destination_party ${parties})`,
    parameters: [...parameters, ...parameters],
  };
}

/** A flow is denied if one end denied it; for an allowed one both have to be looked at. */
function verdictParts({ verdicts, from, to, peer, host, unit }: FlowFilter): readonly SqlPart[] {
  if (verdicts === undefined || verdicts.includes("allow")) return [];
  const places = verdicts.map((verdict) => VERDICTS.indexOf(verdict));
  // Ends are the narrower; the plus leaves them the choice of the index.
  const isLed = [from, to, peer, host, unit].some((asked) => asked !== undefined);
  const verdict = isLed ? "+verdict" : "verdict > 0 AND verdict";
  return [{ sql: `${verdict} IN (${places.map(() => "?").join(", ")})`, parameters: places }];
}

function serviceParts(filter: FlowFilter): readonly SqlPart[] {
  const service = serviceOf(filter.service);
  if (service === "all") return [];
  const terms = service.map(() => "service BETWEEN ? AND ?").join(" OR ");
  const bounds = service.flatMap(({ protocol, low, high }) => [
    protocol * SERVICE_ROOM + low,
    protocol * SERVICE_ROOM + high,
  ]);
  return [{ sql: `(${terms})`, parameters: bounds }];
}
