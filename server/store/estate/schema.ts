/** The tables of what the server knows of the estate: hosts, certificates, join tokens, policies, what happened. Times are milliseconds since 1970-01-01T00:00Z. */

const FIRST = `
CREATE TABLE host (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  -- JSON: label -> value
  labels TEXT NOT NULL,
  -- JSON: the blocks that its addresses may come from, by its token
  blocks TEXT NOT NULL,
  -- JSON: canonical addresses
  addresses TEXT NOT NULL,
  joined_at INTEGER NOT NULL,
  token TEXT,
  seen_at INTEGER,
  revoked_at INTEGER,
  -- JSON: the blocks from which it is still managed; NULL where it is not isolated
  isolated TEXT,
  -- JSON, as the host said it last
  state TEXT,
  state_at INTEGER,
  inventory TEXT
) STRICT;

CREATE TABLE certificate (
  serial TEXT PRIMARY KEY,
  host TEXT NOT NULL REFERENCES host (id) ON DELETE CASCADE,
  public_key TEXT NOT NULL,
  not_after INTEGER NOT NULL
) STRICT;
CREATE INDEX certificate_host ON certificate (host);
CREATE INDEX certificate_key ON certificate (public_key);

CREATE TABLE join_token (
  id TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL,
  labels TEXT NOT NULL,
  blocks TEXT NOT NULL,
  uses INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE policy (
  number INTEGER PRIMARY KEY,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  message TEXT NOT NULL,
  -- SHA-256 of the files
  digest TEXT NOT NULL,
  -- JSON: [{ name, text }]
  files TEXT NOT NULL
) STRICT;

CREATE TABLE activation (
  id INTEGER PRIMARY KEY,
  policy INTEGER NOT NULL REFERENCES policy (number),
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  kind TEXT NOT NULL
) STRICT;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  about TEXT NOT NULL,
  facts TEXT NOT NULL
) STRICT;
CREATE INDEX event_about ON event (about, id);

CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

/** When a host's lease ended, and which root has signed a certificate. */
const LEASES_AND_ROOTS = `
ALTER TABLE host ADD COLUMN lapsed_at INTEGER;
ALTER TABLE certificate ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
`;

export const ESTATE_STEPS = [FIRST, LEASES_AND_ROOTS] as const;

/** Whose draft a version is, and who approved it. */
export const APPROVALS_SCHEMA = `
-- The account of whoever pushed it, also where a token of theirs did; NULL: nobody knows
ALTER TABLE policy ADD COLUMN author_account TEXT;

CREATE TABLE approval (
  policy INTEGER NOT NULL REFERENCES policy (number),
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  note TEXT NOT NULL,
  -- SHA-256 of the version's files
  digest TEXT NOT NULL,
  -- The activation that was in force
  revision INTEGER NOT NULL,
  -- Of what the version's tests and invariants said of the hosts that there were
  proof TEXT NOT NULL,
  -- JSON: texts
  doubts TEXT NOT NULL,
  PRIMARY KEY (policy, account)
) STRICT, WITHOUT ROWID;
`;
