import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS } from "../options.ts";

const { "state-dir": stateDirectory, json, quiet } = STATE_OPTIONS;

export const join = command({
  name: "join",
  usage: "<url> [token]",
  summary: "Joins a server: from then on `run` takes the policy from there, and reports to it",
  positionals: {
    url: { describe: "the server's port for agents, https://HOST:8444", type: "string", demandOption: true },
    token: {
      describe:
        "what `bulkhead token create` printed; - or nothing reads it from standard input, where no process list shows it",
      type: "string",
      default: "-",
    },
  },
  options: {
    as: { describe: "the name that this host has at the server (its own)", type: "string" },
    again: { describe: "also where this host has joined before", type: "boolean", default: false },
    "state-dir": stateDirectory,
    json,
    quiet,
  },
  examples: [
    ["join https://bulkhead.example:8444 bulkhead-join-1.…", "as `bulkhead token create` printed it"],
    ["join https://bulkhead.example:8444 <token.txt", "with the token from a file"],
  ],
  epilogue:
    "The token names the server's authority by its fingerprint: nothing is sent to a server that does not belong to it. The key is made here and never leaves. " +
    "Exit codes: 0 joined; 2 refused; 3 the server could not be reached.",
  run: async (given, terminal) => (await import("../actions/join.ts")).joinServer(given, terminal),
});
