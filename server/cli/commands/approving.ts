/** The commands about versions, and the second person who approves one. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

const policies = command({
  name: "policies",
  usage: "[action] [number]",
  summary: "All versions of the policy at the server; or one, and who has approved it",
  positionals: {
    action: {
      describe: "list (unless another is named); show: one version",
      choices: ["list", "show"] as const,
      default: "list" as const,
    },
    number: { describe: "show: the version's number", type: "string" },
  },
  options: CONNECTION_OPTIONS,
  examples: [
    ["policies", ""],
    ["policies show 12", "whose draft it is, who approved it, and whether that counts"],
  ],
  epilogue:
    "Exit codes of show: 0 it may be provisioned; 1 it needs approvals (`bulkhead settings approvals`).",
  run: async ({ action, number, ...given }, terminal) =>
    action === "show"
      ? (await import("../centre/approvals.ts")).showVersion({ ...given, number: number ?? "" }, terminal)
      : (await import("../centre/policies.ts")).listPolicies(given, terminal),
});

const approve = command({
  name: "approve",
  usage: "<number>",
  summary: "Approves a version that somebody else has pushed, so that it may be provisioned",
  positionals: { number: { describe: "the version's number", type: "string", demandOption: true } },
  options: {
    ...CONNECTION_OPTIONS,
    message: { describe: "a note for others", alias: "m", type: "string", default: "" },
    withdraw: { describe: "take one's own approval back", type: "boolean", default: false },
  },
  examples: [
    ["approve 12 -m 'looked at with the database team'", "as whoever has signed in (`login --account`)"],
    ["approve 12 --withdraw", ""],
  ],
  epilogue:
    "An approval is for this version in place of the present one: it no longer counts once another version was made active, the version's tests say something else of the hosts, or after 7 days.",
  run: async (given, terminal) => (await import("../centre/approvals.ts")).approve(given, terminal),
});

export const APPROVING = [policies, approve];
