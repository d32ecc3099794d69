import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS } from "../options.ts";

export const doctor = command({
  name: "doctor",
  usage: "",
  summary:
    "Looks for what overrides the policy here: other tables, published ports, forwarding, a full connection table",
  positionals: {},
  options: STATE_OPTIONS,
  examples: [
    ["doctor", "is anything in the way, or past us?"],
    ["doctor --json", "for monitoring"],
  ],
  epilogue:
    "It reads everybody's tables, listening sockets and settings, and changes nothing. Exit codes: 0 nothing of weight; 1 a warning or worse; 3 it could not look.",
  run: async (given, terminal) => (await import("../actions/doctor.ts")).examine(given, terminal),
});
