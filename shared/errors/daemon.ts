import type { CatalogueEntry } from "./error.ts";

/** What the daemon and those who speak with it report. */
export const daemonErrors = {
  "daemon/spool-damaged": {
    title: "the file of recorded flows is damaged",
    severity: "warning",
    remedy:
      "It was set aside and a fresh one begun; enforcement is not affected. See why that disk damages files.",
  },
  "daemon/spool-unwritable": {
    title: "flows cannot be recorded at the moment",
    severity: "warning",
    remedy:
      "Make room in the state directory, or make it writable; recording goes on by itself. Enforcement is not affected.",
  },
  "daemon/spool-unreadable": {
    title: "the recorded flows cannot be read",
    severity: "fatal",
    remedy: "Run this as root, or start the daemon and ask it over its socket.",
  },
  "daemon/spool-newer": {
    title: "the flows were recorded by a newer version",
    severity: "fatal",
    remedy: "Use the newer bulkhead-agent, or move the file of recorded flows out of the state directory.",
  },
  "daemon/not-running": {
    title: "no daemon runs on this host",
    severity: "fatal",
    remedy: "Start it with 'systemctl start bulkhead-agent', or name its socket with --socket.",
  },
  "daemon/no-permission": {
    title: "the daemon's socket is not for this account",
    severity: "fatal",
    remedy: "Run this as root, or as a member of the group bulkhead.",
  },
  "daemon/no-answer": {
    title: "the daemon does not answer",
    severity: "fatal",
    remedy: "See 'systemctl status bulkhead-agent'; systemd's watchdog starts a daemon anew that hangs.",
  },
  "daemon/socket-running": {
    title: "another daemon answers on the socket",
    severity: "fatal",
    remedy: "Stop it first, or give this one a socket of its own with --socket.",
  },
  "daemon/socket-failed": {
    title: "the daemon's socket could not be opened",
    severity: "fatal",
    remedy: "See that the directory exists, belongs to root and that no other program uses the name.",
  },
  "daemon/bad-request": {
    title: "the daemon does not understand the question",
    severity: "error",
    remedy: "Use a bulkhead-agent of the same version as the daemon.",
  },
  "daemon/overloaded": {
    title: "too many questions are being asked at once",
    severity: "fatal",
    remedy: "Ask again when others have been answered.",
  },
  "daemon/watching-ended": {
    title: "the thread that watches the kernel has ended",
    severity: "error",
    remedy:
      "The daemon starts it anew by itself; what went by meanwhile is told as lost. Report this if it happens again.",
  },
} as const satisfies Record<string, CatalogueEntry>;
