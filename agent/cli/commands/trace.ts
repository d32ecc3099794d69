import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS, seconds } from "../options.ts";
import { wrongValue } from "../wrong-value.ts";

const DEFAULT_COUNT = 20;

export const trace = command({
  name: "trace",
  usage: "",
  summary: "Shows the way of packets through the kernel's chains, everybody's, beside what the policy says",
  positionals: {},
  options: {
    ...STATE_OPTIONS,
    to: { describe: "packets of connections that this host begins to this address", type: "string" },
    from: { describe: "packets of connections that this address begins to this host", type: "string" },
    service: { describe: "only this service, such as tcp/443", type: "string" },
    for: {
      describe: "how long, such as 30s (30s)",
      type: "string",
      default: "30s",
      coerce: (text: string) => seconds("for", text, 1),
    },
    count: {
      describe: `ends after so many packets (${DEFAULT_COUNT})`,
      type: "string",
      default: String(DEFAULT_COUNT),
      coerce: (text: string) => {
        if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
        throw wrongValue("count", text, "a number from 1 to 99999");
      },
    },
  },
  examples: [
    ["trace --to 10.0.0.21 --service tcp/5432 --for 30s", "why does my connection not get through?"],
    ["trace --from 10.0.0.11", "what happens to what that host sends?"],
  ],
  epilogue:
    "It marks exactly these packets in a table of its own (inet bulkhead_trace), at most 100 a second, which vanishes with the command, also where that is killed. Exit codes: 0 packets were seen; 1 none were.",
  run: async (given, terminal) => (await import("../actions/trace.ts")).tracePackets(given, terminal),
});
