import type { CatalogueEntry } from "./error.ts";

/** Errors of a command line: how it was used, what it was asked, and where its output went. */
export const commandErrors = {
  "command/unknown-command": {
    title: "there is no such command",
    severity: "error",
    remedy: "Run the program with --help to see its commands.",
  },
  "command/unknown-option": {
    title: "there is no such option",
    severity: "error",
    remedy: "Run the command with --help to see its options.",
  },
  "command/wrong-usage": {
    title: "the command was used wrongly",
    severity: "error",
    remedy: "Run the command with --help to see what it expects.",
  },
  "command/invalid-policy": {
    title: "the policy is invalid, so nothing was done with it",
    severity: "error",
    remedy: "Mend what is listed above; `bulkhead check` says when all is well.",
  },
  "command/invalid-configuration": {
    title: "the configuration file is invalid, so nothing was done",
    severity: "error",
    remedy:
      "Mend what is named above; the manual page agent.yaml(5) has every setting. BULKHEAD_CONFIG= (empty) before the command runs it without the file.",
  },
  "command/unknown-host": {
    title: "the policy knows no host of this name",
    severity: "error",
    remedy: "Name a host from the policy's `hosts` section.",
  },
  "command/unknown-end": {
    title: "the policy knows no host and no segment of this name",
    severity: "error",
    remedy: "Ask about a host, a segment, a DNS name of the policy, an address or a block.",
  },
  "command/unknown-service": {
    title: "the policy knows no service of this name",
    severity: "error",
    remedy:
      "Ask for a service of the policy, or for an expression such as tcp/443, icmp/echo-request, proto/47 or all.",
  },
  "command/invalid-question": {
    title: "a question could not be understood",
    severity: "error",
    remedy:
      'Ask with one JSON object a line, such as {"from": "web-1", "to": "db-1", "service": "tcp/5432"}.',
  },
  "command/mode-refused": {
    title: "the mode of this segment cannot be changed",
    severity: "error",
    remedy: "`bulkhead mode` lists the segments that have one; or change the policy's files, and push them.",
  },
  "command/test-failed": {
    title: "a test of the policy failed",
    severity: "error",
    remedy:
      "Change the rules so that they do what the test says, or the test if it asks for the wrong thing.",
  },
  "command/connection-broken": {
    title: "a connection that was recorded would not get through any more",
    severity: "error",
    remedy: "Add a rule that allows it to the draft, or make sure that nobody needs it.",
  },
  "command/input-failed": {
    title: "the input could not be read",
    severity: "fatal",
    remedy: "See why it cannot be read, and run the command again.",
  },
  "command/output-failed": {
    title: "the output could not be written",
    severity: "fatal",
    remedy: "Make room where the output goes, or send it elsewhere, and run the command again.",
  },
  "command/defect": {
    title: "a defect in Bulkhead itself",
    severity: "fatal",
    remedy: "Run the command again with BULKHEAD_DEBUG=1, and report what it prints.",
  },
} as const satisfies Record<string, CatalogueEntry>;
