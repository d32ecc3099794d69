import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS } from "../options.ts";

const { "state-dir": stateDirectory, json, quiet } = STATE_OPTIONS;

export const leave = command({
  name: "leave",
  usage: "",
  summary: "Forgets the server; the rules in force stay, until `clear`",
  positionals: {},
  options: { "state-dir": stateDirectory, json, quiet },
  examples: [["leave", "then revoke the host at the server: bulkhead host revoke NAME"]],
  epilogue: "Exit codes: 0 it has left; 1 it had not joined.",
  run: async (given, terminal) => (await import("../actions/join.ts")).leaveServer(given, terminal),
});
