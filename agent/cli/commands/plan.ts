import { command, POLICY_PATHS } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS, TABLE_OPTIONS } from "../options.ts";

export const plan = command({
  name: "plan",
  usage: "<path..>",
  summary: "Shows what apply would do here: what changes, and which live connections it would cut",
  positionals: POLICY_PATHS,
  options: {
    ...STATE_OPTIONS,
    ...TABLE_OPTIONS,
    "exit-code": { describe: "exit with 1 if anything would change", type: "boolean", default: false },
  },
  examples: [
    ["plan policy/", "SSH sessions are found on whatever port"],
    ["plan policy/ --as web-1 --exit-code", "for a script that wants to know"],
  ],
  epilogue: "Changes nothing. Exit codes: 0; with --exit-code 1 if apply would change anything.",
  run: async (given, terminal) => (await import("../actions/plan.ts")).showPlan(given, terminal),
});
