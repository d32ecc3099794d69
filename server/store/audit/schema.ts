/** The step of the schema that makes events an audit log, and keeps what hosts have said over time. Times are milliseconds since 1970-01-01T00:00Z. */

/** Needs the function `event_hash`. What is there already is chained as it is found: from here on it cannot be changed unseen. */
export const AUDIT_SCHEMA = `
-- How who did it has proved who they are: session, token, local, certificate, join-token; NULL: the server by itself, or before this step
ALTER TABLE event ADD COLUMN credential TEXT;
-- From where: an address, or 'socket' for the one in the data directory
ALTER TABLE event ADD COLUMN address TEXT;
-- SHA-256 over the hash before it and all other columns
ALTER TABLE event ADD COLUMN hash BLOB NOT NULL DEFAULT x'';
CREATE INDEX event_at ON event (at);
CREATE INDEX event_kind ON event (kind, id);
CREATE INDEX event_who ON event (who, id);

INSERT INTO event (at, kind, who, about, facts)
  SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER), 'audit-chain-begun', 'server', 'audit', json_object('entries', count(*))
  FROM event HAVING count(*) > 0;
WITH RECURSIVE chain (id, hash) AS (
  SELECT 0, zeroblob(32)
  UNION ALL
  SELECT event.id, event_hash(chain.hash, event.id, event.at, CAST(event.kind AS BLOB), CAST(event.who AS BLOB),
    CAST(event.about AS BLOB), CAST(event.facts AS BLOB), NULL, NULL)
  FROM chain JOIN event ON event.id = (SELECT min(id) FROM event WHERE id > chain.id)
)
UPDATE event SET hash = chain.hash FROM chain WHERE chain.id = event.id;

-- When the server was last known to run
CREATE TABLE alive (only INTEGER PRIMARY KEY CHECK (only = 1), at INTEGER NOT NULL) STRICT;

-- What hosts said of themselves, a row for each change
CREATE TABLE host_report (
  id INTEGER PRIMARY KEY,
  host TEXT NOT NULL,
  at INTEGER NOT NULL,
  connected INTEGER NOT NULL,
  version INTEGER,
  -- what its kernel was read back as, and what it should have been
  digest TEXT,
  expected TEXT,
  kernel TEXT,
  enforcement TEXT,
  ingress TEXT,
  egress TEXT,
  -- changes before it that were too many to keep
  missed INTEGER NOT NULL
) STRICT;
CREATE INDEX host_report_host ON host_report (host, at);
CREATE INDEX host_report_at ON host_report (at);
`;
