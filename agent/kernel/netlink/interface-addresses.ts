/** The addresses of this network namespace, by rtnetlink (linux/if_addr.h; `man 7 rtnetlink`). */

import { readAddress } from "./address-bytes.ts";
import { dump } from "./conversation.ts";
import { attributesOf, type Message } from "./message-reader.ts";
import { NetlinkWriter, NLM_F_DUMP, NLM_F_REQUEST } from "./netlink-writer.ts";
import { AF_INET, AF_INET6, AF_UNSPEC } from "./protocol-numbers.ts";
import type { NetlinkTransport, WithTransport } from "./transport.ts";

export const RTM_GETADDR = 22;
export const IFA_ADDRESS = 1;
export const IFA_LOCAL = 2;
/** sizeof(struct ifaddrmsg), which begins with the family. */
export const HEADER_BYTES = 8;
const SEQUENCE = 1;

/** Every address of every interface, canonical, loopback and link-local ones included, each once, in the kernel's order. */
export function interfaceAddresses(withTransport: WithTransport): readonly string[] {
  return withTransport(dumpAddresses);
}

function dumpAddresses(transport: NetlinkTransport): readonly string[] {
  const addresses = new Set<string>();
  const writer = new NetlinkWriter();
  writer.message({ type: RTM_GETADDR, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence: SEQUENCE }, () =>
    writer.raw(Uint8Array.of(AF_UNSPEC, 0, 0, 0, 0, 0, 0, 0)),
  );
  const visit = (message: Message) => {
    const address = readInterfaceAddress(message);
    if (address !== undefined) addresses.add(address);
  };
  dump(
    transport,
    { messages: writer.written(), sequence: SEQUENCE },
    { visit, restart: () => addresses.clear() },
  );
  return [...addresses];
}

/** The address of one RTM_NEWADDR; undefined for another family than IPv4 and IPv6. Throws `kernel/netlink-malformed`. */
export function readInterfaceAddress(message: Message): string | undefined {
  const reader = attributesOf(message, HEADER_BYTES);
  reader.finish("an interface's address");
  const family = message.view.getUint8(message.start);
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const length = family === AF_INET ? 4 : 16;
  let local: string | undefined;
  let address: string | undefined;
  while (reader.next()) {
    if (reader.type !== IFA_LOCAL && reader.type !== IFA_ADDRESS) continue;
    const place = reader.place(length);
    if (place === undefined) break;
    if (reader.type === IFA_LOCAL) local = readAddress(message.view, place, length);
    else address = readAddress(message.view, place, length);
  }
  reader.finish("an interface's address");
  // On a point-to-point link IFA_ADDRESS is the other end.
  return local ?? address;
}
