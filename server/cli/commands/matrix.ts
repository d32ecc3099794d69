import { command, POLICY_PATHS } from "@bulkhead/terminal/command.ts";

export const matrix = command({
  name: "matrix",
  usage: "<path..>",
  summary: "Shows who may talk to whom, segments by segments",
  positionals: POLICY_PATHS,
  options: {
    json: { describe: "the matrix as JSON", type: "boolean", default: false },
  },
  examples: [["matrix policy/", "a table that fits the terminal (or COLUMNS)"]],
  run: async (given, terminal) => (await import("../matrix/matrix.ts")).showMatrix(given, terminal),
});
