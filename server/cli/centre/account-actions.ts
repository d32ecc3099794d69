/** What `bulkhead account` does. */
export const ACCOUNT_ACTIONS = [
  "create",
  "list",
  "show",
  "role",
  "scope",
  "password",
  "link",
  "disable",
  "enable",
  "unlock",
  "reset-second-factor",
  "end-session",
  "remove",
] as const;

export type AccountAction = (typeof ACCOUNT_ACTIONS)[number];
