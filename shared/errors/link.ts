import type { CatalogueEntry } from "./error.ts";

/** What a host reports about the way to its server. */
export const linkErrors = {
  "link/bad-address": {
    title: "this is no address of a server",
    severity: "error",
    remedy: "Write https://HOST:PORT, as `bulkhead token create` prints it.",
  },
  "link/bad-token": {
    title: "this is no join token",
    severity: "error",
    remedy: "Copy the whole line that `bulkhead token create` printed.",
  },
  "link/unreachable": {
    title: "the server cannot be reached",
    severity: "fatal",
    remedy:
      "See that it runs, that the address is right, and that nothing between here and there refuses the port.",
  },
  "link/not-trusted": {
    title: "the server is not the one that it should be",
    severity: "fatal",
    remedy:
      "See both clocks and the address. If they are right, somebody else answers there: do not use the token.",
  },
  "link/no-server": {
    title: "something else than a Bulkhead server answers",
    severity: "fatal",
    remedy: "See the address and the port; agents have a port of their own (8444, if nobody changed it).",
  },
  "link/identity-unusable": {
    title: "this host's identity cannot be read",
    severity: "fatal",
    remedy: "Join again with a new token; the rules in force stay.",
  },
  "link/joined-already": {
    title: "this host has joined a server already",
    severity: "error",
    remedy: "Leave it first with 'bulkhead-agent leave', or join anew with --again.",
  },
  "link/policy-refused": {
    title: "the host refuses what the server sent",
    severity: "error",
    remedy:
      "If the server was restored from a backup, provision a version to decide what holds; if it was not, find out who changed it.",
  },
  "link/not-joined": {
    title: "this host has not joined a server",
    severity: "fatal",
    remedy: "Run 'bulkhead-agent join URL TOKEN', or name policy files with --policy.",
  },
} as const satisfies Record<string, CatalogueEntry>;
