/** The commands that ask a server. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";
import { account } from "./account.ts";
import { ADVISING } from "./advising.ts";
import { ALERTING } from "./alerting.ts";
import { APPROVING } from "./approving.ts";
import { AUDITING } from "./auditing.ts";
import { DRAFT } from "./draft.ts";
import { identity } from "./identity.ts";
import { PROVISIONING } from "./provisioning.ts";
import { TRIAL } from "./trial.ts";

export const hosts = command({
  name: "hosts",
  usage: "",
  summary: "The hosts that have joined: who enforces what, since when, and why not",
  positionals: {},
  options: {
    ...CONNECTION_OPTIONS,
    revoked: { describe: "those that were revoked as well", type: "boolean", default: false },
  },
  examples: [["hosts", "is everybody in sync?"]],
  epilogue: "Exit codes: 0 all are in sync; 1 some are not.",
  run: async (given, terminal) => (await import("../centre/hosts.ts")).listHosts(given, terminal),
});

export const host = command({
  name: "host",
  usage: "<action> <name>",
  summary: "Shows a host, labels it, isolates it, or revokes it",
  positionals: {
    action: {
      describe:
        "show, label, isolate (it refuses all but the server and --allow, and all others refuse it), release, revoke (for good)",
      choices: ["show", "label", "isolate", "release", "revoke"] as const,
      demandOption: true,
    },
    name: { describe: "the host's name", type: "string", demandOption: true },
  },
  options: {
    ...CONNECTION_OPTIONS,
    labels: { describe: "label: all of its labels, role=web,env=prod", type: "string" },
    allow: {
      describe: "isolate: a block from which the host may still be managed",
      type: "string",
      array: true,
      default: [],
    },
  },
  examples: [
    ["host show db-1", "state, addresses, labels, what listens there"],
    ["host label db-1 --labels role=db,env=prod", "its segments follow"],
    ["host isolate web-7 --allow 10.9.0.0/24", "cut off within a second"],
    ["host revoke web-7", "its connection, its certificate, its place in the groups"],
  ],
  run: async (given, terminal) => (await import("../centre/hosts.ts")).workOnHost(given, terminal),
});

export const token = command({
  name: "token",
  usage: "<action> [id]",
  summary: "Makes, lists and revokes the tokens by which hosts join",
  positionals: {
    action: {
      describe: "create, list, revoke",
      choices: ["create", "list", "revoke"] as const,
      demandOption: true,
    },
    id: { describe: "revoke: the token's id", type: "string" },
  },
  options: {
    ...CONNECTION_OPTIONS,
    labels: { describe: "create: labels that a host gets, role=web,env=prod", type: "string", default: "" },
    addresses: {
      describe: "create: blocks that the hosts' addresses may come from",
      type: "string",
      array: true,
      default: [],
    },
    uses: { describe: "create: how many hosts may join by it", type: "number", default: 1 },
    expires: { describe: "create: how long it is good", type: "string", default: "24h" },
  },
  examples: [
    [
      "token create --labels role=web,env=prod --addresses 10.0.0.0/8 --uses 50 --expires 24h",
      "prints the line that installs, joins and starts the agent on a host",
    ],
    ["token create --addresses 10.0.0.0/8 --json | jq -r .token", "the token alone"],
    ["token list", "who used what, and what was refused"],
  ],
  run: async (given, terminal) => (await import("../centre/tokens.ts")).workOnTokens(given, terminal),
});

export const push = command({
  name: "push",
  usage: "<path..>",
  summary: "Brings policy files to the server as a draft, checked on arrival",
  positionals: {
    path: { describe: "policy files, or folders of them", type: "string", array: true, demandOption: true },
  },
  options: {
    ...CONNECTION_OPTIONS,
    message: { describe: "what the draft is for", alias: "m", type: "string", default: "" },
  },
  examples: [['push policy/ -m "open the new port"', ""]],
  epilogue: "Exit codes: 0 it is a draft; 2 it is invalid, and nothing was kept.",
  run: async (given, terminal) => (await import("../centre/policies.ts")).push(given, terminal),
});

export const plan = command({
  name: "plan",
  usage: "[draft..]",
  summary:
    "What a draft would change on the hosts that have joined: who reaches whom, and which recorded connections would break",
  positionals: DRAFT,
  options: {
    ...CONNECTION_OPTIONS,
    since: { describe: "how far back recorded connections are judged", type: "string", default: "7d" },
    limit: { describe: "at most so many connections of each kind", type: "number", default: 1_000 },
    format: {
      describe: "text (the default), json, github, junit or sarif",
      choices: ["text", "json", "github", "junit", "sarif"] as const,
      default: "text" as const,
    },
  },
  examples: [
    ["plan 12", "version 12 against the active one"],
    ["plan policy/ --since 60d --format github", "in a pipeline: annotations for what would break"],
  ],
  epilogue:
    "Exit codes: 0 nothing would break; 1 a recorded connection would, a test fails or an invariant is broken; 2 the draft is invalid.",
  run: async (given, terminal) => (await import("../plan/plan.ts")).plan(given, terminal),
});

export const login = command({
  name: "login",
  usage: "",
  summary: "Signs in with an account; or remembers an API token, read from BULKHEAD_TOKEN or standard input",
  positionals: {},
  options: {
    account: {
      describe: "sign in for twelve hours by password, and by a code where the account has a second factor",
      type: "string",
    },
    server: { describe: "https://HOST:8443", type: "string", demandOption: true },
    fingerprint: {
      describe: "sha256:… of the server's authority, as `serve` printed it; the token has it already",
      type: "string",
    },
    json: CONNECTION_OPTIONS.json,
  },
  examples: [
    ["login --server https://bulkhead.example:8443 <token.txt", "an API token"],
    [
      "login --server https://bulkhead.example:8443 --account anna",
      "asks for the password; without a terminal, lines of the input: password, code",
    ],
  ],
  run: async (given, terminal) => (await import("../centre/login.ts")).signIn(given, terminal),
});

export const logout = command({
  name: "logout",
  usage: "",
  summary: "Forgets what `login` remembered, and ends its session",
  positionals: {},
  options: {},
  examples: [["logout", ""]],
  run: async (given, terminal) => (await import("../centre/login.ts")).signOut(given, terminal),
});

export const flows = command({
  name: "flows",
  usage: "",
  summary: "What hosts have reported: who talked to whom, what was denied and why, joined from both ends",
  positionals: {},
  options: {
    ...CONNECTION_OPTIONS,
    from: { describe: "the source: a host, a segment, an address or a block", type: "string" },
    to: { describe: "the destination", type: "string" },
    peer: { describe: "either of them", type: "string" },
    segment: { describe: "of either end", type: "string" },
    host: { describe: "at either end, or that reported", type: "string" },
    unit: { describe: "of either end, such as nginx.service", type: "string" },
    service: { describe: "such as tcp/443", type: "string" },
    verdict: { describe: "allow, deny, would-deny, or several with commas", type: "string" },
    denied: { describe: "what was denied, or would be", type: "boolean", default: false },
    unconfirmed: {
      describe: "what only one end reported although both could",
      type: "boolean",
      default: false,
    },
    since: { describe: "how far back", type: "string", default: "1h" },
    limit: { describe: "at most so many", type: "number", default: 100 },
  },
  examples: [
    ["flows --denied --since 10m", "what was refused lately, and by which rule"],
    ["flows --to db-1 --service tcp/5432 --since 7d", "who talked to the database"],
  ],
  run: async (given, terminal) => (await import("../centre/flows.ts")).showFlows(given, terminal),
});

export const backup = command({
  name: "backup",
  usage: "<directory>",
  summary: "Copies everything that the server keeps into a new directory, while it runs",
  positionals: {
    directory: {
      describe: "must not be there yet; keys are in it: keep it as safe as the server",
      type: "string",
      demandOption: true,
    },
  },
  options: CONNECTION_OPTIONS,
  examples: [["backup /var/backups/bulkhead/2026-11-23", "on the server's machine"]],
  run: async (given, terminal) => (await import("../centre/backup.ts")).makeBackup(given, terminal),
});

export const restore = command({
  name: "restore",
  usage: "<directory>",
  summary:
    "Puts a backup in the place of the data directory, which is kept beside it; the server must not run",
  positionals: { directory: { describe: "what `backup` made", type: "string", demandOption: true } },
  options: { "data-dir": CONNECTION_OPTIONS["data-dir"], json: CONNECTION_OPTIONS.json },
  examples: [
    [
      "restore /var/backups/bulkhead/2026-11-23",
      "then start the server; `bulkhead hosts` shows who is ahead of it",
    ],
  ],
  run: async (given, terminal) => (await import("../centre/backup.ts")).restoreBackup(given, terminal),
});

export const history = command({
  name: "history",
  usage: "",
  summary: "What happened at the server: who did what, and what hosts have told",
  positionals: {},
  options: {
    ...CONNECTION_OPTIONS,
    about: { describe: "only what is about this host, version or token", type: "string" },
    limit: { describe: "at most so many", type: "number", default: 50 },
  },
  examples: [["history --about db-1", ""]],
  run: async (given, terminal) => (await import("../centre/history.ts")).showHistory(given, terminal),
});

export const apiToken = command({
  name: "api-token",
  usage: "<action> [name]",
  summary: "Makes, lists and revokes the tokens by which programs and people ask the API",
  positionals: {
    action: {
      describe: "create, list, revoke",
      choices: ["create", "list", "revoke"] as const,
      demandOption: true,
    },
    name: { describe: "create: whose it is; revoke: the token's id", type: "string" },
  },
  options: {
    ...CONNECTION_OPTIONS,
    role: {
      describe: "create: what it may do",
      choices: ["viewer", "editor", "approver", "administrator"] as const,
      default: "viewer" as const,
    },
    scope: { describe: "create: segments to which an editor is limited, web,shop", type: "string" },
    expires: { describe: "create: how long it is good", type: "string", default: "90d" },
  },
  examples: [["api-token create ci --role editor --expires 30d", "for a pipeline that pushes drafts"]],
  run: async (given, terminal) => (await import("../centre/api-tokens.ts")).workOnApiTokens(given, terminal),
});

export const authority = command({
  name: "authority",
  usage: "<action>",
  summary: "Shows the roots that hosts trust, and exchanges one for another while hosts go on",
  positionals: {
    action: {
      describe:
        "show; rotate: a new root signs, the old one stays trusted; retire: the old one is trusted no more",
      choices: ["show", "rotate", "retire"] as const,
      demandOption: true,
    },
  },
  options: {
    ...CONNECTION_OPTIONS,
    force: {
      describe: "retire: although hosts would be lost, which then have to join anew",
      type: "boolean",
      default: false,
    },
  },
  examples: [
    ["authority rotate", "agents that are connected get new certificates within a minute"],
    ["authority show", "who has none yet"],
    ["authority retire", ""],
  ],
  run: async (given, terminal) => (await import("../centre/authority.ts")).workOnAuthority(given, terminal),
});

export const settings = command({
  name: "settings",
  usage: "[name] [value]",
  summary: "Shows and changes the server's settings, each with what it is for",
  positionals: {
    name: { describe: "one of them", type: "string" },
    value: { describe: "what it shall be: 90s, 24h, 7d; 500M, 20G", type: "string" },
  },
  options: CONNECTION_OPTIONS,
  examples: [
    ["settings", "all, with their defaults"],
    ["settings lease 3d", "hosts that are gone leave the groups after three days"],
    ["settings flows-size 50G", ""],
  ],
  run: async (given, terminal) => (await import("../centre/settings.ts")).workOnSettings(given, terminal),
});

export const CENTRE = [
  hosts,
  host,
  flows,
  ...ALERTING,
  token,
  push,
  plan,
  ...ADVISING,
  ...PROVISIONING,
  ...TRIAL,
  ...APPROVING,
  login,
  logout,
  apiToken,
  account,
  identity,
  history,
  ...AUDITING,
  settings,
  authority,
  backup,
  restore,
];
