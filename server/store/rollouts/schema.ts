/** The tables of rollouts: a version that comes to hosts in waves, and which of them follow it. Times are milliseconds since 1970-01-01T00:00Z. */

export const ROLLOUTS_SCHEMA = `
CREATE TABLE rollout (
  number INTEGER PRIMARY KEY,
  version INTEGER NOT NULL REFERENCES policy (number),
  -- the version that is active meanwhile, and that hosts go back to
  base INTEGER NOT NULL REFERENCES policy (number),
  -- of the activation that it becomes if it ends well
  revision INTEGER NOT NULL,
  by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  state TEXT NOT NULL,
  why TEXT,
  -- JSON: [{ asked, hosts, startedAt, settledAt }]
  waves TEXT NOT NULL,
  -- the wave that has begun last, from 0
  wave INTEGER NOT NULL,
  hold_seconds INTEGER NOT NULL,
  denials TEXT NOT NULL,
  -- JSON: what went wrong
  findings TEXT NOT NULL
) STRICT;
-- one at a time
CREATE UNIQUE INDEX rollout_underway ON rollout ((1)) WHERE ended_at IS NULL;

CREATE TABLE rollout_host (
  rollout INTEGER NOT NULL REFERENCES rollout (number) ON DELETE CASCADE,
  host TEXT NOT NULL,
  wave INTEGER NOT NULL,
  -- since when it follows the version; NULL before its wave
  moved_at INTEGER,
  -- 1 where it enforced what it should at that moment
  well INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (rollout, host)
) STRICT, WITHOUT ROWID;
`;
