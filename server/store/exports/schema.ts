/** The table of receivers: who is told of alerts, events and flows, and how far each was told. Times are milliseconds since 1970-01-01T00:00Z. */

export const EXPORTS_SCHEMA = `
CREATE TABLE receiver (
  name TEXT PRIMARY KEY,
  -- JSON: where it is, what it is told and how
  spec TEXT NOT NULL,
  -- JSON: what proves to it that we are who we are; never told to anybody
  secrets TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  paused_at INTEGER,
  -- JSON: how far it was told, and what became of it
  progress TEXT NOT NULL
) STRICT;
`;
