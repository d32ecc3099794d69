import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS } from "../options.ts";
import { since } from "../since.ts";
import { SOCKET_OPTION } from "../socket.ts";

export const suggest = command({
  name: "suggest",
  usage: "",
  summary: "Suggests rules for what was seen here and no rule allows, as a policy to read, change and keep",
  positionals: {},
  options: {
    ...STATE_OPTIONS,
    ...SOCKET_OPTION,
    since: { describe: "how far to look back, such as 24h (7d)", type: "string", coerce: since },
  },
  examples: [
    ["suggest > suggested.yaml", "beside the policy: 'bulkhead check policy/ suggested.yaml'"],
    ["suggest --since 30d --json", "what the suggestion is made of"],
  ],
  epilogue:
    "Let a segment observe (`mode: observe`) until its usual traffic has been seen, then read what this says: rules for what would have been denied, the smallest that cover it, with " +
    "counts and units as notes. Scans and what was seen once are left out and told at the end. Nothing is changed.",
  run: async (given, terminal) => (await import("../actions/suggest.ts")).showSuggestion(given, terminal),
});
