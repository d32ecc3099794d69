import { command, POLICY_PATHS } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

export const explain = command({
  name: "explain",
  usage: "<path..>",
  summary: "Says whether traffic gets through, and for each host that judges it which rule decides and why",
  positionals: POLICY_PATHS,
  options: {
    from: { describe: "who sends: a host, an address, or a segment (every member)", type: "string" },
    to: { describe: "who receives: a host, an address, or a segment (every member)", type: "string" },
    service: { describe: "what: tcp/443, icmp/echo-request, a service of the policy, all", type: "string" },
    unit: { describe: "the systemd unit that sends", type: "string" },
    user: { describe: "the local account that sends", type: "string" },
    ...CONNECTION_OPTIONS,
    json: { describe: "the answer as JSON", type: "boolean", default: false },
    stdin: {
      describe: "answer the questions on standard input, one JSON object a line",
      type: "boolean",
      default: false,
    },
  },
  examples: [
    ["explain policy/ --from web-1 --to db-1 --service postgres", ""],
    ["explain policy/ --from web --to 10.0.0.21 --service tcp/22 --user shop", ""],
    ["explain web-1 db-1 tcp/5432", "by the server's active policy, and beside it what was seen"],
    [
      `explain policy/ --stdin < questions`,
      'lines such as {"from": "10.0.0.11", "to": "db-1", "service": "tcp/5432"}',
    ],
  ],
  epilogue: `Exit codes: 0 it gets through; 1 it does not.

With --stdin: one line out for each line in, in order; empty lines are skipped. A line that is no question is answered by {"error": {"code", "message", "line"}}, and the exit code is 2 in the end; else it is 0, whatever the verdicts.`,
  run: async (given, terminal) => (await import("../explain/explain.ts")).explain(given, terminal),
});
