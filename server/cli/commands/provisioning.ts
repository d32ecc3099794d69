/** The commands that bring a version to the hosts. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

export const WAVE_OPTIONS = {
  waves: {
    describe:
      "in waves: 1,10%,100%; each says how many follow once it has begun, of the hosts for which something changes",
    type: "string",
  },
  hold: {
    describe: "with --waves: how long each is watched before the next (5m; `settings rollout-hold`)",
    type: "string",
  },
  denials: {
    describe:
      "with --waves: what a connection does that was allowed and is denied now: halt (the default), or report where that is meant",
    choices: ["halt", "report"] as const,
  },
  "dry-run": {
    describe: "with --waves: who would be in which wave; begins nothing",
    type: "boolean",
    default: false,
  },
  follow: {
    describe: "with --waves: show how it goes on until it is over; so does a terminal unless --no-follow",
    type: "boolean",
  },
} as const;

const TRIAL_OPTION = {
  describe:
    "for so long only: then every host's kernel goes back by itself, unless `bulkhead confirm` keeps it",
  type: "string",
} as const;

export const WAVE_EXIT_CODES =
  "Exit codes: 0 done, or begun where nobody looks on; 1 halted or rolled back; 2 the version is refused.";

const provision = command({
  name: "provision",
  usage: "<number>",
  summary: "Makes a version the active policy on all hosts, each on probation of its own; or in waves",
  positionals: { number: { describe: "the version's number", type: "string", demandOption: true } },
  options: {
    ...CONNECTION_OPTIONS,
    trial: TRIAL_OPTION,
    ...WAVE_OPTIONS,
  },
  examples: [
    ["provision 12", "at once"],
    ["provision 12 --trial 10m", "goes back after ten minutes, with or without this server"],
    ["provision 12 --waves 1,10%,100% --hold 5m", "taken back by itself where a wave breaks something"],
    ["provision 12 --waves 1,10%,100% --dry-run", "who would be in which wave"],
  ],
  epilogue: WAVE_EXIT_CODES,
  run: async (given, terminal) => (await import("../centre/policies.ts")).provision(given, terminal),
});

const rollout = command({
  name: "rollout",
  usage: "[action] [number]",
  summary: "Shows a version on its way to the hosts in waves, has it wait or go on, or takes it back",
  positionals: {
    action: {
      describe:
        "show (unless another is named), list, pause (no further wave), resume (the present wave is watched anew), abort (all go back)",
      choices: ["show", "list", "pause", "resume", "abort"] as const,
      default: "show" as const,
    },
    number: {
      describe: "the rollout's number; the one that is under way, or the last one, unless given",
      type: "string",
    },
  },
  options: {
    ...CONNECTION_OPTIONS,
    follow: { describe: "show how it goes on until it is over", type: "boolean", default: false },
  },
  examples: [
    ["rollout --follow", "a line for each change"],
    ["rollout abort", "all hosts follow the active version again"],
  ],
  epilogue: "Exit codes of show: 0 it runs or is done; 1 it was halted or rolled back.",
  run: async (given, terminal) => (await import("../centre/rollouts.ts")).workOnRollouts(given, terminal),
});

const rollback = command({
  name: "rollback",
  usage: "",
  summary: "Makes the version active that was active before",
  positionals: {},
  options: CONNECTION_OPTIONS,
  examples: [["rollback", ""]],
  run: async (given, terminal) => (await import("../centre/policies.ts")).rollback(given, terminal),
});

const mode = command({
  name: "mode",
  usage: "[segment] [mode]",
  summary: "Shows what segments say of their hosts' mode, and makes a version in which one says another",
  positionals: {
    segment: { describe: "a segment with `select`; without one all are shown", type: "string" },
    mode: { describe: "what it shall say", choices: ["enforce", "observe", "off"] as const },
  },
  options: {
    ...CONNECTION_OPTIONS,
    ingress: { describe: "for what arrives alone", type: "boolean", default: false },
    egress: { describe: "for what is sent alone", type: "boolean", default: false },
    draft: { describe: "make the version, and do not provision it", type: "boolean", default: false },
    from: { describe: "the version that is changed; the active one unless given", type: "string" },
    message: { describe: "what it is for", alias: "m", type: "string" },
    trial: TRIAL_OPTION,
    ...WAVE_OPTIONS,
  },
  examples: [
    ["mode", "all segments, and how many hosts are in each"],
    [
      "mode web enforce --waves 1,10%,100%",
      "closes a segment, taken back by itself where that breaks something",
    ],
    ["mode db observe --ingress --draft", "only a draft"],
  ],
  epilogue: `The text of the version is changed in place: comments and order stay. ${WAVE_EXIT_CODES}`,
  run: async (given, terminal) => (await import("../centre/modes.ts")).workOnModes(given, terminal),
});

export const PROVISIONING = [provision, rollout, mode, rollback];
