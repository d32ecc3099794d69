/** The commands that say what was done, by whom, and that nobody has changed the record of it. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

const audit = command({
  name: "audit",
  usage: "[action] [number]",
  summary:
    "Everything that anyone did, chained by hashes: lists it, exports it, verifies that nobody has changed it",
  positionals: {
    action: {
      describe:
        "list (unless another is named); show: one entry; export: all of it as lines of JSON; head: the last entry's number and hash, to be kept elsewhere; verify",
      choices: ["list", "show", "export", "head", "verify"] as const,
      default: "list" as const,
    },
    number: { describe: "show: the entry's number", type: "string" },
  },
  options: {
    ...CONNECTION_OPTIONS,
    "data-dir": {
      describe:
        "the server's data directory, on its own machine; head and verify read it, or a backup, without a server (BULKHEAD_DATA_DIR)",
      type: "string",
    },
    who: { describe: "only what this account, token or host did", type: "string" },
    about: { describe: "only what is about this host, version, account or token", type: "string" },
    kind: { describe: "only of this kind, such as host-labelled, or several with commas", type: "string" },
    since: { describe: "from then on: 7d (ago), 2026-11-30, 2026-11-30T18:00:00Z", type: "string" },
    until: { describe: "up to then", type: "string" },
    limit: { describe: "list: at most so many", type: "number", default: 100 },
    head: { describe: "verify: NUMBER:HASH that was kept elsewhere has to be in the log", type: "string" },
  },
  examples: [
    ["audit --who anna --since 7d", "what anna did in the last week"],
    ["audit --kind policy-provisioned,policy-rolled-back", "who has made which version active"],
    [
      "audit export --since 2026-10-01 --until 2026-12-31 >audit.ndjson",
      "a quarter, for somebody else's system",
    ],
    ["audit head", "keep it where who can change the log cannot"],
    ["audit verify --head 1042:9f86…0a08", "nobody has changed, cut off or replaced anything since"],
    ["audit verify --data-dir /srv/backups/bulkhead-2026-11-23", "a backup, without a server"],
  ],
  epilogue: "Exit codes of verify: 0 the log is whole; 1 it was altered, and the first place is named.",
  run: async (given, terminal) => (await import("../centre/audit.ts")).workOnAudit(given, terminal),
});

const evidence = command({
  name: "evidence",
  usage: "",
  summary:
    "Evidence of a segment and a time, for auditors: policies in force, members, what their kernels held, flows, who did what, and the gaps in the record",
  positionals: {},
  options: {
    ...CONNECTION_OPTIONS,
    segment: { describe: "the segment's name", type: "string" },
    from: {
      describe: "the beginning: 90d (ago), 2026-10-01, 2026-10-01T06:00:00Z",
      type: "string",
      default: "30d",
    },
    to: { describe: "the end, a named day included; now, unless given", type: "string" },
    format: {
      describe: "json, or html: a page to be printed, without scripts and with nothing from elsewhere",
      choices: ["json", "html"] as const,
      default: "json" as const,
    },
    out: { describe: "into this file, which must not be there yet", type: "string" },
    check: { describe: "whether this file (json) is still as it was made", type: "string" },
  },
  examples: [
    ["evidence --segment pci --from 2026-10-01 --to 2026-12-31 --out q4.json", "a quarter"],
    ["evidence --segment pci --from 90d --format html --out q4.html", "to be printed"],
    ["evidence --check q4.json", "nobody has altered it"],
  ],
  epilogue:
    "Exit codes: 0 done; 1 the audit log was altered (the evidence says where), or --check found the file altered.",
  run: async (given, terminal) => (await import("../centre/evidence.ts")).makeEvidence(given, terminal),
});

export const AUDITING = [audit, evidence];
