/** The commands about a version that is in force on trial; `provision --trial` begins one. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

const confirm = command({
  name: "confirm",
  usage: "",
  summary: "Keeps the version that is on trial for good",
  positionals: {},
  options: CONNECTION_OPTIONS,
  examples: [["confirm", "before the countdown is over; else every host goes back by itself"]],
  run: async (given, terminal) => (await import("../centre/trial.ts")).confirmTrial(given, terminal),
});

const trial = command({
  name: "trial",
  usage: "[action]",
  summary: "Shows the version that is on trial and its countdown, or ends the trial",
  positionals: {
    action: {
      describe: "show (unless another is named); end: the version before is active again, now",
      choices: ["show", "end"] as const,
      default: "show" as const,
    },
  },
  options: CONNECTION_OPTIONS,
  examples: [
    ["trial", "what comes back, and when"],
    ["trial end", ""],
  ],
  epilogue: "Exit codes of show: 0 a version is on trial; 1 none is.",
  run: async (given, terminal) => (await import("../centre/trial.ts")).workOnTrial(given, terminal),
});

export const TRIAL = [confirm, trial];
