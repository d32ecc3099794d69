import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS } from "../options.ts";
import { SOCKET_OPTION } from "../socket.ts";

export const status = command({
  name: "status",
  usage: "",
  summary: "Says what is in force, read from the kernel, what each rule has counted, and how the daemon is",
  positionals: {},
  options: { ...STATE_OPTIONS, ...SOCKET_OPTION },
  examples: [
    ["status", ""],
    ["status --json", "for monitoring"],
  ],
  epilogue:
    "Exit codes: 0 the kernel holds what was loaded, or nothing was; 1 it does not, and what differs is shown, or the daemon cannot do what it should: " +
    "its policy files are invalid or gone, or the kernel refuses them. Where no daemon runs, the kernel is read by this command itself. " +
    "A rule counts the packets that it has judged, mostly the first of each connection. When it was last hit is known from one look to the next: the kernel counts packets, but keeps no times.",
  run: async (given, terminal) => (await import("../actions/status.ts")).showStatus(given, terminal),
});
