/** The tables of those who may ask the server: accounts, sign-in links, sessions, API tokens. Secrets are kept as their SHA-256; times are milliseconds since 1970. */

const ROLE = "TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'approver', 'administrator'))";

/** Part of the server's first migration. */
export const ACCOUNTS_SCHEMA = `
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  role ${ROLE},
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE signin_link (
  secret_hash BLOB PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_link_account ON signin_link (account);

CREATE TABLE session (
  secret_hash BLOB PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);

CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL,
  name TEXT NOT NULL,
  role ${ROLE},
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
-- A name tells whose token it is; a revoked one gives it free.
CREATE UNIQUE INDEX api_token_name ON api_token (name) WHERE revoked_at IS NULL;
`;
