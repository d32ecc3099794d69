import type { CatalogueEntry } from "./error.ts";

const READ_BACK = "Run 'bulkhead-agent status' to see what the kernel holds now, then apply again.";

export const kernelErrors = {
  "kernel/nft-missing": {
    title: "the nft command was not found",
    severity: "fatal",
    remedy: "Install the package nftables, 1.0.6 or newer.",
  },
  "kernel/too-old": {
    title: "the kernel or nft is too old",
    severity: "fatal",
    remedy: "Bulkhead needs Linux 5.10 or newer and nftables 1.0.6 or newer; upgrade this host.",
  },
  "kernel/no-permission": {
    title: "the kernel does not let us change the firewall",
    severity: "fatal",
    remedy: "Run this as root, or with the capability CAP_NET_ADMIN in this network namespace.",
  },
  "kernel/feature-missing": {
    title: "this kernel or nft lacks a feature that the policy needs",
    severity: "fatal",
    remedy: "Load the kernel module that is named, or use a kernel that has it.",
  },
  "kernel/nft-refused": {
    title: "nft refuses the transaction",
    severity: "fatal",
    remedy:
      "Nothing was changed. If another program has changed the table inet bulkhead, apply again; otherwise report this as a bug.",
  },
  "kernel/nft-slow": {
    title: "nft did not end in time and was stopped",
    severity: "fatal",
    remedy: `The kernel takes a transaction whole or not at all. ${READ_BACK}`,
  },
  "kernel/nft-killed": {
    title: "nft was killed",
    severity: "fatal",
    remedy: `The kernel takes a transaction whole or not at all. ${READ_BACK}`,
  },
  "kernel/nft-unreadable": {
    title: "nft said something that cannot be understood",
    severity: "fatal",
    remedy: "Run 'nft list table inet bulkhead' by hand; if that looks right, report this as a bug.",
  },
  "kernel/netlink-failed": {
    title: "talking to the kernel over netlink failed",
    severity: "fatal",
    remedy: READ_BACK,
  },
  "kernel/netlink-refused": {
    title: "the kernel refuses a change sent over netlink",
    severity: "fatal",
    remedy: "Nothing was changed. The table is not what it was taken for: apply the whole policy again.",
  },
  "kernel/ruleset-changed": {
    title: "the ruleset is not the one that was read before the change",
    severity: "warning",
    remedy:
      "Nothing was changed; the agent reads the ruleset anew by itself. Where it stays, look who commits: `nft monitor`.",
  },
  "kernel/netlink-malformed": {
    title: "the kernel sent a message that cannot be understood",
    severity: "fatal",
    remedy: "Report this as a bug, with the kernel's version.",
  },
} as const satisfies Record<string, CatalogueEntry>;
