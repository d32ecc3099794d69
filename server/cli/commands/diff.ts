import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

export const diff = command({
  name: "diff",
  usage: "<old> <new>",
  summary: "Shows what becomes possible and what stops being possible between two policies",
  positionals: {
    old: { describe: "policy file or folder as it is", type: "string", demandOption: true },
    new: { describe: "policy file or folder as it would be", type: "string", demandOption: true },
  },
  options: {
    "exit-code": { describe: "exit with 1 if anything differs", type: "boolean", default: false },
    ...CONNECTION_OPTIONS,
    json: { describe: "the differences as JSON", type: "boolean", default: false },
  },
  examples: [
    ["diff policy/ policy.new/", "as reach: who, whom, which services"],
    ["diff policy/ policy.new/ --exit-code", "for a pipeline that wants to know"],
  ],
  run: async (given, terminal) => (await import("../diff/diff.ts")).diff(given, terminal),
});
