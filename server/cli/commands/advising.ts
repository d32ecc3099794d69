/** The commands that say what the policy should say better. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";
import { DRAFT } from "./draft.ts";

const LOOKED_BACK = {
  describe: "how far back recorded connections are looked at",
  type: "string",
} as const;

const suggest = command({
  name: "suggest",
  usage: "",
  summary:
    "Rules for what was seen and no rule allows yet, as policy text; what is odd is left out, each with the reason",
  positionals: {},
  options: {
    ...CONNECTION_OPTIONS,
    segment: { describe: "only what concerns this segment, at either end", type: "string" },
    since: { ...LOOKED_BACK, default: "7d" },
    units: {
      describe: "rules name the systemd unit where one alone was seen, always",
      type: "boolean",
      default: false,
    },
  },
  examples: [
    ["suggest >policy/suggested.yaml", "beside the active policy; then read it, and plan it"],
    ["suggest --segment web --since 30d --units", "what concerns web, by its processes"],
  ],
  epilogue:
    "Without a policy, segments are suggested as well, by the labels of the hosts. Flows that one end alone tells of, although both could, are never suggested.",
  run: async (given, terminal) => (await import("../advice/suggest.ts")).suggest(given, terminal),
});

const unused = command({
  name: "unused",
  usage: "",
  summary:
    "Rules, segments, members and services of the active policy that nothing has used, as far as the record can tell",
  positionals: {},
  options: {
    ...CONNECTION_OPTIONS,
    since: { ...LOOKED_BACK, default: "30d" },
  },
  examples: [["unused --since 90d", "what may go"]],
  epilogue:
    "Each with the moment since when it is known; where a host was silent or records were lost, it is not known. Exit codes: 0 nothing is unused; 1 something is.",
  run: async (given, terminal) => (await import("../advice/unused.ts")).unused(given, terminal),
});

const lint = command({
  name: "lint",
  usage: "[draft..]",
  summary:
    "What is doubtful in a policy: rules that are shadowed, redundant, match nothing, or allow far more than was seen",
  positionals: DRAFT,
  options: {
    ...CONNECTION_OPTIONS,
    since: { ...LOOKED_BACK, default: "30d" },
    offline: {
      describe: "from the files alone, without a server; so it is where none is named",
      type: "boolean",
      default: false,
    },
    format: {
      describe: "text (the default), json, github or sarif",
      choices: ["text", "json", "github", "sarif"] as const,
      default: "text" as const,
    },
  },
  examples: [
    ["lint", "the newest version, on the hosts that there are and against what was seen"],
    ["lint policy/ --offline --format github", "in a pipeline without a server"],
  ],
  epilogue: "Exit codes: 0 nothing is doubtful; 1 something is; 2 the policy is invalid.",
  run: async (given, terminal) => (await import("../advice/lint.ts")).lint(given, terminal),
});

export const ADVISING = [suggest, unused, lint];
