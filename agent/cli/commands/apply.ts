import { command, POLICY_PATHS } from "@bulkhead/terminal/command.ts";
import { CHANGE_OPTIONS, seconds, TABLE_OPTIONS, YES_OPTION } from "../options.ts";

export const apply = command({
  name: "apply",
  usage: "<path..>",
  summary: "Puts a policy into force on this host, in one kernel transaction, or on probation",
  positionals: POLICY_PATHS,
  options: {
    ...CHANGE_OPTIONS,
    ...TABLE_OPTIONS,
    "confirm-within": {
      describe: "put it on probation: without 'confirm' in this time the kernel goes back by itself",
      type: "string",
      coerce: (text: string | undefined) =>
        text === undefined ? undefined : seconds("confirm-within", text, 1),
    },
    ...YES_OPTION,
  },
  examples: [
    ["apply policy/ --confirm-within 60s", "then 'bulkhead-agent confirm', if you still can"],
    ["apply policy/", "a policy that is in force already touches nothing"],
    ["apply policy/ --as web-1 --log nflog:5", ""],
  ],
  epilogue:
    "DNS names, systemd units and accounts are resolved now, and not followed. On a terminal it asks before it cuts an SSH session that would not come back by itself.",
  run: async (given, terminal) => (await import("../actions/apply.ts")).applyPolicy(given, terminal),
});
