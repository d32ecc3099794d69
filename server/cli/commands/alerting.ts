/** The commands about what alarms somebody, and who is told of it. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";
import { receiver } from "./receiver.ts";

const alerts = command({
  name: "alerts",
  usage: "[action] [id]",
  summary: "What alarms: tampering, scans, beacons, silent hosts, lost records; what to do about each",
  positionals: {
    action: {
      describe: "list (unless another is named); ack: somebody has seen it",
      choices: ["list", "ack"] as const,
      default: "list" as const,
    },
    id: { describe: "ack: the alert's number", type: "string" },
  },
  options: {
    ...CONNECTION_OPTIONS,
    all: { describe: "list: those that are over as well", type: "boolean", default: false },
    limit: { describe: "list: at most so many", type: "number", default: 100 },
    message: { describe: "ack: a note for others", alias: "m", type: "string", default: "" },
  },
  examples: [
    ["alerts", "what is open, the newest first, each with what to do"],
    ['alerts ack 12 -m "our own scanner"', "it stays open until its cause is over, and nobody is told again"],
  ],
  epilogue: "Exit codes of list: 0 nothing is open that nobody has acknowledged; 1 something is.",
  run: async (given, terminal) => (await import("../centre/alerts.ts")).workOnAlerts(given, terminal),
});

export const ALERTING = [alerts, receiver];
