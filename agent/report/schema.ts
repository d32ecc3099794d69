/** The tables of the spool's file. */

/** "BKHD": whose file this is. */
export const APPLICATION_ID = 0x424b4844;
export const SCHEMA_VERSION = 1;

/**
 * Records hold numbers only; what they name stands once in `word` (parties and rules, as JSON), in the order of its first use.
 *
 * - `flow.bucket` counts buckets, `start` and `finish` are milliseconds from the bucket's beginning.
 * - `flow.batch` is 0 until somebody takes the record, then the number of the batch in which it was handed over. What comes later for the same bucket begins a new record,
 *   so that a batch never changes once it was handed over.
 * - An `era` says from which `flow` on all words that are used have at least the number `word`: words before the era of the oldest flow can go.
 */
export const SCHEMA = `
CREATE TABLE flow (
  id INTEGER PRIMARY KEY,
  bucket INTEGER NOT NULL,
  local INTEGER NOT NULL,
  remote INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  service INTEGER NOT NULL,
  rule INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  start INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  connections INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  lasted INTEGER NOT NULL,
  pid INTEGER
);
CREATE UNIQUE INDEX flow_key ON flow (bucket, local, remote, kind, service, rule, batch);
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE era (flow INTEGER PRIMARY KEY, word INTEGER NOT NULL);
CREATE TABLE loss (
  id INTEGER PRIMARY KEY,
  minute INTEGER NOT NULL,
  what TEXT NOT NULL,
  known INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  noted INTEGER NOT NULL,
  start INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  count INTEGER NOT NULL
);
CREATE UNIQUE INDEX loss_key ON loss (batch, minute, what, known);
CREATE TABLE progress (
  first_number INTEGER NOT NULL,
  handed INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL,
  from_bucket INTEGER NOT NULL,
  handed_from INTEGER NOT NULL,
  handed_to INTEGER NOT NULL
);
`;
