import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS } from "../options.ts";

export const show = command({
  name: "show",
  usage: "",
  summary: "Prints the ruleset as the kernel holds it, with its counters",
  positionals: {},
  options: STATE_OPTIONS,
  examples: [["show", "the same as 'nft list table inet bulkhead'"]],
  epilogue: "Exit codes: 0; 1 there is no table of ours.",
  run: async (given, terminal) => (await import("../actions/show.ts")).showRuleset(given, terminal),
});
