/** The tables of alerts, and of what their detectors remember. Times are milliseconds since 1970-01-01T00:00Z. */

export const ALERTS_SCHEMA = `
CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  severity TEXT NOT NULL,
  words TEXT NOT NULL,
  -- JSON
  facts TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  note TEXT,
  resolved_at INTEGER
) STRICT;
-- one that is open for each kind and subject
CREATE UNIQUE INDEX alert_open ON alert (kind, about) WHERE resolved_at IS NULL;
CREATE INDEX alert_resolved ON alert (resolved_at) WHERE resolved_at IS NOT NULL;

-- what was seen before, so that what is new is known as that
CREATE TABLE sighting (
  list TEXT NOT NULL,
  what TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (list, what)
) STRICT, WITHOUT ROWID;

-- JSON: what a detector has in mind, written now and then
CREATE TABLE detector (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
`;
