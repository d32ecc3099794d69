/** Forgets flows that have no record left, and what only they have named. */

import type { Database } from "../database.ts";

interface Flow {
  readonly source: number;
  readonly destination: number;
  readonly source_party: number;
  readonly destination_party: number;
  readonly rule: number;
}

const FLOW = `DELETE FROM flow WHERE id = ?
  AND NOT EXISTS (SELECT 1 FROM span CROSS JOIN tally ON tally.span = span.id AND tally.flow = flow.id)
  RETURNING source, destination, source_party, destination_party, rule`;

const ADDRESS = `DELETE FROM address WHERE id = ? AND NOT EXISTS (SELECT 1 FROM flow WHERE source = address.id)
  AND NOT EXISTS (SELECT 1 FROM flow WHERE destination = address.id)
  AND NOT EXISTS (SELECT 1 FROM own WHERE own.address = address.id)`;

const PARTY = `DELETE FROM party WHERE id = ? AND NOT EXISTS (SELECT 1 FROM flow WHERE source_party = party.id)
  AND NOT EXISTS (SELECT 1 FROM flow WHERE destination_party = party.id)`;

/** `rule > 0` lets SQLite use the index. */
const RULE =
  "DELETE FROM rule WHERE id = ? AND NOT EXISTS (SELECT 1 FROM flow WHERE flow.rule = rule.id AND flow.rule > 0)";

/** Of these flows. Numbers that are given up may be given to others. */
export function dropOrphans(database: Database, flows: readonly number[]): void {
  const dropFlow = database.prepare(FLOW);
  const gone = flows.flatMap((id) => dropFlow.all(id) as Flow[]);
  const dropAll = (sql: string, ids: readonly number[]) => {
    const statement = database.prepare(sql);
    for (const id of new Set(ids)) statement.run(id);
  };
  dropAll(
    ADDRESS,
    gone.flatMap(({ source, destination }) => [source, destination]),
  );
  dropAll(
    PARTY,
    gone.flatMap(({ source_party, destination_party }) => [source_party, destination_party]),
  );
  dropAll(
    RULE,
    gone.map(({ rule }) => rule),
  );
}
