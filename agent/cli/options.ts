/** Options that several commands have. */

import type { LogTarget } from "@bulkhead/shared/nft/ruleset.ts";
import type { CommandOption } from "@bulkhead/terminal/command.ts";
import { maskProblem } from "../apply/stamp.ts";
import { DAEMON_LOG_GROUP } from "../daemon/log-group.ts";
import { parseDuration } from "./duration.ts";
import { SOCKET_OPTION } from "./socket.ts";
import { wrongValue } from "./wrong-value.ts";

const stateDirectory = () => process.env.BULKHEAD_STATE_DIR || "/var/lib/bulkhead";

export const STATE_OPTIONS = {
  as: {
    describe: "the host of the policy that this machine is, where its name and addresses do not say it",
    type: "string",
  },
  "state-dir": {
    describe: "where this host's state is (BULKHEAD_STATE_DIR, else /var/lib/bulkhead)",
    type: "string",
    default: stateDirectory(),
    coerce: (text: string) => {
      if (text === "") throw wrongValue("state-dir", text, "a directory");
      return text;
    },
  },
  json: { describe: "the facts as JSON", type: "boolean", default: false },
  quiet: {
    describe: "say nothing but errors, and the JSON that is asked for",
    alias: "q",
    type: "boolean",
    default: false,
  },
} as const satisfies Record<string, CommandOption>;

/** Of commands that change something. */
export const CHANGE_OPTIONS = {
  ...STATE_OPTIONS,
  "lock-wait": {
    describe: "how long to wait for another command that is at work (10s)",
    type: "string",
    default: "10s",
    coerce: (text: string) => seconds("lock-wait", text, 0),
  },
} as const satisfies Record<string, CommandOption>;

export const YES_OPTION = {
  yes: { describe: "do not ask, also where it is a terminal", alias: "y", type: "boolean", default: false },
} as const satisfies Record<string, CommandOption>;

/** Of commands that compile a policy. */
export const TABLE_OPTIONS = {
  log: {
    describe: "where denied packets are logged: kernel, nflog:GROUP or nowhere (as before; at first: kernel)",
    type: "string",
    coerce: logTarget,
  },
  "ct-mark-mask": {
    describe: "the bits of the conntrack mark that are ours (as before; at first: 0xff000000)",
    type: "string",
    coerce: markMask,
  },
} as const satisfies Record<string, CommandOption>;

const LONGEST = 24 * 3600;

/** An option's duration in seconds. Throws `command/wrong-usage`. */
export function seconds(option: string, text: string, least: number): number {
  const value = parseDuration(text);
  if (value === undefined || value < least || value > LONGEST)
    throw wrongValue(option, text, `a time such as 60s or 5m, from ${least}s to 24h`);
  return value;
}

function logTarget(text: string | undefined): LogTarget | undefined {
  if (text === undefined) return undefined;
  if (text === "kernel" || text === "nowhere") return { to: text };
  const group = Number(/^nflog:(\d{1,5})$/.exec(text)?.[1]);
  if (Number.isInteger(group) && group <= 65535) return { to: "nflog", group };
  throw wrongValue("log", text, "kernel, nowhere, or nflog:GROUP with a group from 0 to 65535");
}

function markMask(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const mask = /^(?:0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text) ? Number(text) : Number.NaN;
  const problem = maskProblem(mask);
  if (problem === undefined) return mask;
  throw wrongValue(
    "ct-mark-mask",
    text,
    `at least 4 bits next to one another, such as 0xff000000; ${problem}`,
  );
}

/** Of the daemon. */
export const RUN_OPTIONS = {
  policy: {
    describe:
      "policy files, or folders of them, read as one policy and watched; without any, the policy of the server that this host has joined",
    type: "string",
    array: true,
    default: [],
  },
  floor: {
    describe:
      "policy files that are enforced where neither the policy nor what was in force before can be read",
    type: "string",
    array: true,
    default: [],
  },
  as: STATE_OPTIONS.as,
  "state-dir": STATE_OPTIONS["state-dir"],
  ...SOCKET_OPTION,
  "log-group": {
    describe: `the NFLOG group by which it hears of denied packets (${DAEMON_LOG_GROUP})`,
    type: "number",
    default: DAEMON_LOG_GROUP,
    coerce: (group: number) => numberWithin("log-group", group, 65_535),
  },
  "ct-mark-mask": TABLE_OPTIONS["ct-mark-mask"],
  "metrics-port": {
    describe: "answers GET /metrics on this port of 127.0.0.1 as well; without it, on the socket only",
    type: "number",
    coerce: (port: number | undefined) =>
      port === undefined ? undefined : numberWithin("metrics-port", port, 65_535),
  },
  "log-level": {
    describe: "what is written to standard output",
    choices: ["debug", "info", "warn", "error"] as const,
    default: "info",
  },
} as const satisfies Record<string, CommandOption>;

function numberWithin(option: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw wrongValue(option, String(value), `a number from 0 to ${most}`);
}
