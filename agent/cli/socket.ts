/** Where the daemon of a state directory listens. */

import { join } from "node:path";
import type { CommandOption } from "@bulkhead/terminal/command.ts";
import { DEFAULT_STATE_DIRECTORY } from "../apply/state-directory.ts";
import { DEFAULT_SOCKET } from "../control/control-server.ts";
import { wrongValue } from "./wrong-value.ts";

export const SOCKET_OPTION = {
  socket: {
    describe: `the daemon's socket (BULKHEAD_SOCKET, else ${DEFAULT_SOCKET}; agent.sock in a state directory of one's own)`,
    type: "string",
    coerce: (text: string | undefined) => {
      if (text === "") throw wrongValue("socket", text, "a path");
      return text;
    },
  },
} as const satisfies Record<string, CommandOption>;

export interface SocketOptions {
  readonly "state-dir": string;
  readonly socket: string | undefined;
}

/** A state directory of its own is another agent's: its daemon listens there, so that two never answer for one another. */
export function socketOf({ socket, "state-dir": directory }: SocketOptions): string {
  if (socket !== undefined) return socket;
  if (process.env.BULKHEAD_SOCKET) return process.env.BULKHEAD_SOCKET;
  return directory === DEFAULT_STATE_DIRECTORY ? DEFAULT_SOCKET : join(directory, "agent.sock");
}
