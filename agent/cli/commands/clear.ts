import { command } from "@bulkhead/terminal/command.ts";
import { CHANGE_OPTIONS, YES_OPTION } from "../options.ts";

export const clear = command({
  name: "clear",
  usage: "",
  summary: "Takes our table, our marks on connections and our state away: the host is as before",
  positionals: {},
  options: { ...CHANGE_OPTIONS, ...YES_OPTION },
  examples: [["clear --yes", "from then on nothing is enforced"]],
  epilogue: "On a terminal it asks first. It works on a damaged state, too, and can be repeated.",
  run: async (given, terminal) => (await import("../actions/clear.ts")).clearHost(given, terminal),
});
