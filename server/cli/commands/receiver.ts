/** The command for other systems that are told of alerts, events and flows. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

export const RECEIVER_ACTIONS = [
  "list",
  "show",
  "add",
  "change",
  "test",
  "pause",
  "resume",
  "remove",
] as const;

export const receiver = command({
  name: "receiver",
  usage: "<action> [name]",
  summary:
    "Other systems that are told of alerts, events and flows: webhooks, syslog, OpenTelemetry, commands",
  positionals: {
    action: { describe: RECEIVER_ACTIONS.join(", "), choices: RECEIVER_ACTIONS, demandOption: true },
    name: { describe: "the receiver's name", type: "string" },
  },
  options: {
    ...CONNECTION_OPTIONS,
    kind: {
      describe: "add, change: what it is",
      choices: ["webhook", "syslog", "otlp", "command"] as const,
    },
    to: {
      describe:
        "add, change: https://HOST/PATH; of syslog tls://HOST:PORT, tcp:// or udp://; of a command its name in the file that `serve --commands` names",
      type: "string",
    },
    what: {
      describe: "add, change: alerts, events, flows; several with commas",
      type: "string",
      default: "alerts",
    },
    format: {
      describe:
        "add, change: json or ocsf; of syslog structured as well (json unless it is said, of syslog structured)",
      choices: ["json", "ocsf", "structured"] as const,
    },
    severity: {
      describe: "add, change: alerts as bad as this or worse",
      choices: ["notice", "warning", "critical"] as const,
    },
    kinds: { describe: "add, change: alerts and events of these kinds alone, with commas", type: "string" },
    verdict: {
      describe: "add, change: flows with one of these verdicts alone, deny,would-deny",
      type: "string",
    },
    segment: {
      describe: "add, change: flows from or to one of these segments alone, with commas",
      type: "string",
    },
    since: { describe: "add: what happened so long ago is told as well, such as 24h", type: "string" },
    ca: {
      describe: "add, change: a file of certificates (PEM) to trust instead of this machine's",
      type: "string",
    },
    certificate: { describe: "add, change: a file (PEM): by what it knows the server", type: "string" },
    key: { describe: "add, change: the file of the key that belongs to it", type: "string" },
    "secret-file": {
      describe: "add, change: a file with what a webhook is signed with; - is standard input",
      type: "string",
    },
    "headers-file": {
      describe:
        "add, change: a file of headers, `Name: value` a line, of webhooks and OTLP; - is standard input",
      type: "string",
    },
  },
  examples: [
    [
      "receiver add pager --kind webhook --to https://pager.example/hook --severity critical --secret-file pager.key",
      "signed with what is in the file",
    ],
    [
      "receiver add siem --kind syslog --to tls://siem.example:6514 --ca siem-ca.pem --what alerts,events,flows --verdict deny",
      "RFC 5424 over TLS",
    ],
    ["receiver add lake --kind webhook --to https://lake.example/in --what flows --format ocsf", "OCSF 4001"],
    ["receiver add otel --kind otlp --to http://127.0.0.1:4318/v1/logs --what alerts,flows", ""],
    ["receiver add desk --kind command --to page-desk", "a program of the server's own file"],
    ["receiver test siem", "sends something made up at once"],
    ["receiver show siem", "how far it was told, and what went wrong"],
  ],
  epilogue:
    "Exit codes: list, show: 0 all of them are told; 1 one is not, and says why. test: 0 it took it; 1 it did not. " +
    "A secret is never an argument: everybody on this machine could read it. `change` replaces everything, secrets as well, and goes on where it was.",
  run: async (given, terminal) => (await import("../centre/receivers.ts")).workOnReceivers(given, terminal),
});
