import type { CatalogueEntry } from "./error.ts";

const STATE_HELD = "Nothing was changed.";

/** What stands between a valid policy and this host's kernel: who the host is, who else is at work, what is remembered. */
export const applyErrors = {
  "apply/host-not-found": {
    title: "this machine is none of the policy's hosts",
    severity: "error",
    remedy: "Name the host that this machine is with --as, or add it to the policy's `hosts` section.",
  },
  "apply/host-ambiguous": {
    title: "this machine could be several of the policy's hosts",
    severity: "error",
    remedy: "Name the host that this machine is with --as.",
  },
  "apply/locked": {
    title: "another command is at work on this host",
    severity: "fatal",
    remedy: "Wait until it has ended, or wait longer for it with --lock-wait.",
  },
  "apply/interrupted": {
    title: "the command was interrupted before it had changed anything",
    severity: "fatal",
    remedy: "Run it again when you are ready.",
  },
  "apply/state-unwritable": {
    title: "the state directory cannot be written",
    severity: "fatal",
    remedy: `${STATE_HELD} Make room on that file system, or make it writable, or choose another directory with --state-dir.`,
  },
  "apply/state-unreadable": {
    title: "the state directory cannot be read",
    severity: "fatal",
    remedy: `${STATE_HELD} See that the directory is readable for this account, or choose another one with --state-dir.`,
  },
  "apply/state-unsafe": {
    title: "others can write to the state directory",
    severity: "fatal",
    remedy: `${STATE_HELD} Give the directory to root and take write permission from everybody else (chmod 0700), since what is in it becomes firewall rules.`,
  },
  "apply/state-newer": {
    title: "the state was written by a newer version",
    severity: "fatal",
    remedy:
      "The rules stay as they are. Use the newer bulkhead-agent, or take its policy away with its own 'clear'.",
  },
  "apply/state-damaged": {
    title: "a state file is damaged, so what it held is not known",
    severity: "warning",
    remedy: "The kernel's rules are not touched by this. Apply the policy again to write the state anew.",
  },
  "apply/state-not-saved": {
    title: "the kernel has the new policy, but the state could not be brought up to date",
    severity: "fatal",
    remedy: "Make room in the state directory; the next command then finishes what is left to do.",
  },
  "apply/read-back-differs": {
    title: "what was read back from the kernel is not what was loaded",
    severity: "fatal",
    remedy: "Something else changes the table inet bulkhead at the same time. Find it, then apply again.",
  },
  "apply/unknown-table": {
    title: "the kernel holds a table of ours that the state does not know",
    severity: "warning",
    remedy:
      "It goes on enforcing. Apply a policy to replace it, or take it away with 'bulkhead-agent clear'.",
  },
  "apply/table-missing": {
    title: "our table is gone from the kernel",
    severity: "warning",
    remedy: "Nothing is enforced. Apply the policy again.",
  },
  "apply/recovered": {
    title: "an earlier command was interrupted, and what it left was put in order",
    severity: "warning",
    remedy: "Run 'bulkhead-agent status' to see what is in force.",
  },
  "apply/probation-lapsed": {
    title: "the policy on probation was not confirmed in time",
    severity: "warning",
    remedy: "The policy before it is back. Apply the new one again if it is the right one.",
  },
  "apply/not-on-probation": {
    title: "there is nothing to confirm",
    severity: "error",
    remedy: "Apply a policy with --confirm-within first.",
  },
  "apply/no-previous": {
    title: "there is no policy to go back to",
    severity: "error",
    remedy: "Apply the policy that you want, or take ours away with 'bulkhead-agent clear'.",
  },
  "apply/nothing-applied": {
    title: "no policy is applied on this host",
    severity: "error",
    remedy: "Apply one with 'bulkhead-agent apply PATH'.",
  },
  "apply/declined": {
    title: "the question was not answered with yes",
    severity: "error",
    remedy: "Answer with y, or give --yes.",
  },
  "apply/wrong-address": {
    title: "this machine has none of the addresses that the policy gives to the host",
    severity: "warning",
    remedy: "See that the policy's `hosts` section is right, and that --as names the right host.",
  },
  "apply/not-resolved": {
    title: "something that the policy names was not found on this host",
    severity: "warning",
    remedy: "What is missing matches nothing. Apply again when it is there.",
  },
  "apply/connections-unseen": {
    title: "the kernel could not list all of its connections",
    severity: "warning",
    remedy: "The counts of connections are too low by that many. Enforcement is not affected.",
  },
} as const satisfies Record<string, CatalogueEntry>;
