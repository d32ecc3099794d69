import { command } from "@bulkhead/terminal/command.ts";
import { CHANGE_OPTIONS, YES_OPTION } from "../options.ts";

export const rollback = command({
  name: "rollback",
  usage: "",
  summary: "Returns to the previous policy; a second rollback returns to the one before the first",
  positionals: {},
  options: { ...CHANGE_OPTIONS, ...YES_OPTION },
  examples: [["rollback", "during a probation: ends it at once"]],
  epilogue: "Exit codes: 0 done; 1 there is no policy to go back to.",
  run: async (given, terminal) => (await import("../actions/rollback.ts")).rollbackPolicy(given, terminal),
});
