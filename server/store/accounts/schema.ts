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

/** Passwords, lock-outs, second factors, other sign-in services. Sessions that an older server opened end with it: they have no id to be listed by. */
export const PEOPLE_SCHEMA = `
-- argon2id as a PHC string, with its salt and parameters; NULL: nobody signs in by password
ALTER TABLE account ADD COLUMN password TEXT;
ALTER TABLE account ADD COLUMN disabled_at INTEGER;
ALTER TABLE account ADD COLUMN signed_in_at INTEGER;
-- Attempts in a row that failed, those that are being looked at included.
ALTER TABLE account ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN locked_until INTEGER;
-- JSON: names of segments; NULL: not limited
ALTER TABLE account ADD COLUMN scope TEXT;
-- Of an OpenID provider: what names somebody for good (OpenID Connect Core 1.0, 2)
ALTER TABLE account ADD COLUMN issuer TEXT;
ALTER TABLE account ADD COLUMN subject TEXT;
CREATE UNIQUE INDEX account_identity ON account (issuer, subject) WHERE issuer IS NOT NULL;

CREATE TABLE second_factor (
  account INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  secret BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  -- NULL: shown, and not proved to be there yet
  confirmed_at INTEGER,
  -- The time step (RFC 6238) of the last code that was taken
  last_step INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE recovery_code (
  code_hash BLOB PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_code_account ON recovery_code (account);

-- As an account's
ALTER TABLE api_token ADD COLUMN scope TEXT;

CREATE TABLE oidc_provider (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  -- JSON
  configuration TEXT NOT NULL
) STRICT;

DROP TABLE session;
CREATE TABLE session (
  secret_hash BLOB PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  method TEXT NOT NULL CHECK (method IN ('link', 'password', 'oidc')),
  address TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);
`;

/** Whose an API token is: the account that made it, or whose token made it. */
export const TOKEN_OWNERS_SCHEMA = `
-- The name of an account, which may be gone; NULL: made on the server's machine
ALTER TABLE api_token ADD COLUMN account TEXT;
UPDATE api_token SET account = created_by WHERE created_by IN (SELECT name FROM account);
`;
