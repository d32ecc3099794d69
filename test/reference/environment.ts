/** Every variable of the environment that a program reads; a test holds it to be all of them. */

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  BULKHEAD_CONFIG: "an agent's configuration file instead of /etc/bulkhead/agent.yaml; empty, none is read",
  BULKHEAD_STATE_DIR: "where an agent's state is",
  BULKHEAD_SOCKET: "the daemon's socket",
  BULKHEAD_SERVER: "the server that `bulkhead` asks, https://HOST:8443",
  BULKHEAD_TOKEN: "the API token that `bulkhead` shows; no process list has it",
  BULKHEAD_DATA_DIR: "the server's data directory",
  BULKHEAD_DEBUG: "not empty: errors with their stack traces",
  NO_COLOR: "not empty: no colour",
  TERM: "`dumb`: no colour",
  COLUMNS: "how wide the terminal is, where it does not say so itself",
  SHELL: "whose completion `completion` prints where none is named",
};
