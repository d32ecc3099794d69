import { command } from "@bulkhead/terminal/command.ts";
import { CHANGE_OPTIONS } from "../options.ts";

export const confirm = command({
  name: "confirm",
  usage: "",
  summary: "Keeps the policy that is on probation",
  positionals: {},
  options: CHANGE_OPTIONS,
  examples: [["confirm", "after 'bulkhead-agent apply policy/ --confirm-within 60s'"]],
  epilogue: "Exit codes: 0 confirmed; 1 its time was over, or nothing is on probation.",
  run: async (given, terminal) => (await import("../actions/confirm.ts")).confirmPolicy(given, terminal),
});
