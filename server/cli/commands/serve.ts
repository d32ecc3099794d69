import { command } from "@bulkhead/terminal/command.ts";

export const serve = command({
  name: "serve",
  usage: "",
  summary: "The central server: hosts join, receive what concerns them, and report",
  positionals: {},
  options: {
    "data-dir": {
      describe: "where the server keeps everything (BULKHEAD_DATA_DIR, else /var/lib/bulkhead-server)",
      type: "string",
    },
    listen: {
      describe: "where the API and the dashboard are, HOST:PORT (0.0.0.0:8443)",
      type: "string",
      default: "0.0.0.0:8443",
    },
    "listen-agents": {
      describe: "the door for agents, HOST:PORT (0.0.0.0:8444)",
      type: "string",
      default: "0.0.0.0:8444",
    },
    name: {
      describe:
        "a name or address by which hosts and people reach it; the first is what is printed (this machine's own)",
      type: "string",
      array: true,
      default: [],
    },
    commands: {
      describe: "a file of the programs that alerts may be given to (docs/exports.md)",
      type: "string",
    },
    "log-level": {
      describe: "what is written to standard error",
      choices: ["debug", "info", "warn", "error"] as const,
      default: "info",
    },
  },
  examples: [
    ["serve", "on a fresh machine: makes its authority and its store, and says what to do next"],
    ["serve --data-dir /srv/bulkhead --name bulkhead.example", "by the name that hosts will use"],
  ],
  epilogue:
    "It runs until SIGTERM or SIGINT. On its machine, whoever may read the data directory uses the other commands without signing in (--data-dir). " +
    "What to do next goes to standard output, the log to standard error, one JSON object a line.",
  run: async (given, terminal) => (await import("../serve/serve.ts")).startServer(given, terminal),
});
