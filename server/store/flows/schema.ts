/** The tables of the store of flows. */

import type { Migration } from "../database.ts";

/** "BKHF": whose file this is. */
export const APPLICATION_ID = 0x424b4846;

/**
 * A record is a `tally`: numbers alone. What it is of (who talked to whom over what, what the reporting host said of it) is a `flow`, which stands once for all its
 * buckets, and the texts that flows name stand once for all flows. So a record costs some thirty bytes, and a search goes through flows, which are few.
 *
 * - A `span` is a stretch of time whose buckets are `width` milliseconds long. Its tallies lie together, those of one flow side by side: a search for a flow is one
 *   look into each span, new records touch the latest span only, and the oldest can go without a look at the others.
 * - `tally.bucket` counts buckets from the span's beginning, `start` and `finish` are milliseconds from the bucket's.
 * - `flow.direction` is 1 for egress, 0 for ingress; `verdict` a place in `VERDICTS`; `service` is protocol * 65536 + service; `rule` is 0 for none.
 * - Of the two parties of a flow the reporting host's own has its name in `host` and its process; the other one is as the reporter's policy calls it.
 * - `tally_bucket` is how the newest are found without a look at the rest of their span. It is a fifth of the store; see decision 17.
 * - `reporter.up_to` is the last report that was taken from a host, `own` whose address is whose.
 * - `late` are flows that were added to after their minute was closed for exports; its numbers are never given twice.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
CREATE TABLE reporter (
  id INTEGER PRIMARY KEY,
  host TEXT NOT NULL UNIQUE,
  up_to INTEGER NOT NULL,
  addresses TEXT NOT NULL
);
CREATE TABLE own (address INTEGER PRIMARY KEY, reporter INTEGER NOT NULL);
CREATE TABLE address (id INTEGER PRIMARY KEY, number BLOB NOT NULL UNIQUE);
CREATE TABLE party (
  id INTEGER PRIMARY KEY,
  host TEXT,
  segment TEXT,
  unit TEXT,
  user TEXT,
  executable TEXT
);
CREATE INDEX party_facts ON party (host, segment, unit, user, executable);
CREATE INDEX party_segment ON party (segment);
CREATE INDEX party_unit ON party (unit);
CREATE TABLE rule (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE flow (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  destination INTEGER NOT NULL,
  service INTEGER NOT NULL,
  direction INTEGER NOT NULL,
  verdict INTEGER NOT NULL,
  source_party INTEGER NOT NULL,
  destination_party INTEGER NOT NULL,
  rule INTEGER NOT NULL
);
CREATE UNIQUE INDEX flow_facts ON flow (source, destination, service, direction, verdict, source_party, destination_party, rule);
CREATE INDEX flow_destination ON flow (destination);
CREATE INDEX flow_source_party ON flow (source_party);
CREATE INDEX flow_destination_party ON flow (destination_party);
CREATE INDEX flow_rule ON flow (rule) WHERE rule > 0;
CREATE INDEX flow_denied ON flow (verdict) WHERE verdict > 0;
CREATE TABLE span (
  id INTEGER PRIMARY KEY,
  begin INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  width INTEGER NOT NULL,
  records INTEGER NOT NULL,
  UNIQUE (begin, width)
);
CREATE TABLE tally (
  span INTEGER NOT NULL,
  flow INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  start INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  connections INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  lasted INTEGER NOT NULL,
  PRIMARY KEY (span, flow, bucket)
) WITHOUT ROWID;
CREATE TABLE loss (
  host TEXT NOT NULL,
  minute INTEGER NOT NULL,
  what TEXT NOT NULL,
  known INTEGER NOT NULL,
  start INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (host, minute, what, known)
) WITHOUT ROWID;
CREATE INDEX loss_finish ON loss (finish);
`,
  "CREATE INDEX tally_bucket ON tally (span, bucket);",
  "CREATE TABLE late (id INTEGER PRIMARY KEY AUTOINCREMENT, moment INTEGER NOT NULL, flow INTEGER NOT NULL, UNIQUE (moment, flow));",
];

/** All of a span from one end to the other: its tallies lie in the order of this one, its primary key's. */
export const TALLY_BY_FLOW = "tally INDEXED BY sqlite_autoindex_tally_1";
export const TALLY_BY_BUCKET = "tally INDEXED BY tally_bucket";
