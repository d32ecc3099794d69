/** The command for accounts of people. */

import { command } from "@bulkhead/terminal/command.ts";
import { ACCOUNT_ACTIONS } from "../centre/account-actions.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

export const account = command({
  name: "account",
  usage: "<action> [name]",
  summary: "Accounts of people: roles, scopes, passwords, locks, sessions",
  positionals: {
    action: { describe: ACCOUNT_ACTIONS.join(", "), choices: ACCOUNT_ACTIONS, demandOption: true },
    name: { describe: "the account's name", type: "string" },
  },
  options: {
    ...CONNECTION_OPTIONS,
    role: {
      describe: "create, role: what it may do",
      choices: ["viewer", "editor", "approver", "administrator"] as const,
    },
    scope: {
      describe: "create, scope: segments to which an editor is limited, web,shop; all for no limit",
      type: "string",
    },
    link: {
      describe: "create: no password, but a link by which its owner signs in and chooses one",
      type: "boolean",
      default: false,
    },
    session: { describe: "end-session: the session's id, or all", type: "string" },
  },
  examples: [
    ["account create anna --role approver", "asks for a password; without a terminal, a line of the input"],
    ["account create bob --role editor --scope web --link", "bob chooses his password himself"],
    ["account unlock anna", "after ten failures in a row"],
    ["account reset-second-factor anna", "authenticator and recovery codes are lost"],
    ["account scope bob --scope web,shop", "what bob pushes may change these alone"],
  ],
  epilogue: "A password is never an argument: everybody on this machine could read it.",
  run: async (given, terminal) => (await import("../centre/accounts.ts")).workOnAccounts(given, terminal),
});
