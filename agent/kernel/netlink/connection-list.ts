/** All connections that are open, with what they have carried so far: the conntrack table in the words of its events. */

import type { ConnectionEvent } from "../events.ts";
import { ConnectionDecoder } from "./connection-events.ts";
import * as ct from "./conntrack-numbers.ts";
import { dump } from "./conversation.ts";
import type { Message } from "./message-reader.ts";
import { NetlinkWriter, NLM_F_DUMP, NLM_F_REQUEST } from "./netlink-writer.ts";
import { AF_UNSPEC } from "./protocol-numbers.ts";
import type { NetlinkTransport } from "./transport.ts";

const SEQUENCE = 1;
/** More than any entry takes. */
const LONGEST_ENTRY = 8192;

/** Entries that the kernel could not deliver are counted in `lost`. Throws as dumps do. */
export function listConnections(transport: NetlinkTransport): {
  readonly connections: readonly ConnectionEvent[];
  readonly lost: number;
} {
  let connections: ConnectionEvent[] = [];
  const each = (connection: ConnectionEvent) => connections.push(connection);
  // The decoder belongs to one view, so that its many readers need not be made anew for each datagram.
  const memory = new Uint8Array(LONGEST_ENTRY);
  const view = new DataView(memory.buffer);
  const decoder = new ConnectionDecoder(view);
  const { lost } = dump(
    transport,
    { messages: request(), sequence: SEQUENCE },
    {
      visit: (message: Message) => {
        const { start, end, type } = message;
        if (end - start > LONGEST_ENTRY) return;
        memory.set(new Uint8Array(message.view.buffer, message.view.byteOffset + start, end - start));
        decoder.decode({ view, type, start: 0, end: end - start }, each);
      },
      restart: () => {
        connections = [];
      },
    },
  );
  return { connections, lost };
}

function request(): Uint8Array {
  const writer = new NetlinkWriter();
  const type = (ct.NFNL_SUBSYS_CTNETLINK << 8) | ct.IPCTNL_MSG_CT_GET;
  writer.message({ type, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence: SEQUENCE }, () =>
    writer.raw(Uint8Array.of(AF_UNSPEC, 0, 0, 0)),
  );
  return writer.written();
}
