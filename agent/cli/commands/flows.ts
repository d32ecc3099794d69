import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS } from "../options.ts";
import { since } from "../since.ts";
import { SOCKET_OPTION } from "../socket.ts";
import { wrongValue } from "../wrong-value.ts";

export const flows = command({
  name: "flows",
  usage: "",
  summary:
    "Shows the connections that were seen here, allowed and denied, with who had them and the rule that decided",
  positionals: {},
  options: {
    ...STATE_OPTIONS,
    ...SOCKET_OPTION,
    follow: {
      describe: "go on with what happens now; on a terminal as a table that is kept up to date",
      alias: "f",
      type: "boolean",
      default: false,
    },
    denied: { describe: "only what was denied, or would have been", type: "boolean", default: false },
    since: {
      describe: "how far to look back, such as 10m or 24h (1h; with --follow: not at all)",
      type: "string",
      coerce: since,
    },
    unit: { describe: "only connections of this systemd unit or container", type: "string" },
    peer: { describe: "only with this host, segment, address or block", type: "string" },
    direction: {
      describe: "only what came in (ingress) or went out (egress)",
      choices: ["ingress", "egress"] as const,
    },
    limit: {
      describe: "show at most so many, the latest (100; with --json all)",
      type: "string",
      coerce: limit,
    },
  },
  examples: [
    ["flows", "the last hour, alike connections as one line"],
    ["flows --denied --since 10m", "what did the policy stop just now?"],
    ["flows --follow --unit nginx", "watch a service"],
    ["flows --peer 10.0.0.0/8 --since 24h --json", "one JSON object a line"],
  ],
  epilogue:
    "It asks the daemon over its socket (root and the group bulkhead may). Where none runs it shows what was recorded, and says that nothing new is. " +
    "What could not be recorded is said below the table. 'conns' counts connections that began, for denied ones attempts; 'bytes' both directions.",
  run: async (given, terminal) => (await import("../actions/flows.ts")).showFlows(given, terminal),
});

function limit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw wrongValue("limit", text, "a number from 1 to 999999");
}
