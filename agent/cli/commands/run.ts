import { command } from "@bulkhead/terminal/command.ts";
import { RUN_OPTIONS } from "../options.ts";

export const run = command({
  name: "run",
  usage: "",
  summary: "Keeps a policy true on this host, and sees every connection: the service that each host runs",
  positionals: {},
  options: RUN_OPTIONS,
  examples: [
    [
      "run --policy /etc/bulkhead/policy",
      "enforces the folder's policy, and each change of it as soon as it is saved",
    ],
    [
      "run --policy policy/ --as web-1 --metrics-port 9750",
      "for the host web-1, with metrics on a loopback port",
    ],
  ],
  epilogue:
    "It runs until SIGTERM or SIGINT, which leave the rules in place; only `clear` opens the host. SIGHUP reads everything again. An invalid policy, " +
    "or one that has vanished, changes nothing: the last good one stays, and `status` says so. Messages go to standard output, one JSON object a line.",
  run: async (given) => (await import("../actions/run.ts")).runAgent(given),
});
