/** What the real kernel tells by itself: that of the network namespace which this thread is in when it opens a source. */

import type { EventSource, KernelEvents } from "./events.ts";
import {
  AddressDecoder,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_LINK,
} from "./netlink/address-events.ts";
import { ConnectionDecoder } from "./netlink/connection-events.ts";
import { NFNLGRP_CONNTRACK_DESTROY, NFNLGRP_CONNTRACK_NEW } from "./netlink/conntrack-numbers.ts";
import { type Decoder, NetlinkEventSource, type Room } from "./netlink/event-source.ts";
import { PacketDecoder } from "./netlink/logged-packets.ts";
import { DATAGRAM_BYTES, listenToGroup } from "./netlink/nflog.ts";
import { NFNLGRP_NFTABLES } from "./netlink/nftables-numbers.ts";
import { RulesetDecoder } from "./netlink/ruleset-events.ts";
import { NetlinkSocket } from "./netlink/socket.ts";
import { PROTOCOL, type Protocol } from "./netlink/transport.ts";
import { waitFor } from "./netlink/wait.ts";

const MEBIBYTE = 1024 * 1024;
/** The kernel takes memory only for what waits: a second's worth of connections at 50,000/s, or of a flood of logged packets. */
const MUCH = 64 * MEBIBYTE;

/** How much each kind of source may leave lying, in the kernel and in this process. */
const ROOMS = {
  connections: { slots: 128, slotBytes: 4096 },
  packets: { slots: 4, slotBytes: 2 * DATAGRAM_BYTES },
  rulesets: { slots: 8, slotBytes: 64 * 1024 },
  addresses: { slots: 4, slotBytes: 32 * 1024 },
} as const satisfies Record<string, Room>;

/** The sources, nothing opened yet. */
export function realEvents({ receiveBytes = MUCH }: { readonly receiveBytes?: number } = {}): KernelEvents {
  return {
    connections: () =>
      open(
        { protocol: PROTOCOL.netfilter, receiveBytes, room: ROOMS.connections },
        joining(NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_DESTROY),
        (view) => new ConnectionDecoder(view),
      ),
    packets: (group) =>
      open(
        { protocol: PROTOCOL.netfilter, receiveBytes, room: ROOMS.packets },
        (socket) => listenToGroup(socket, group),
        (view) => new PacketDecoder(view),
      ),
    rulesets: () =>
      open(
        { protocol: PROTOCOL.netfilter, receiveBytes, room: ROOMS.rulesets },
        joining(NFNLGRP_NFTABLES),
        (view) => new RulesetDecoder(view),
      ),
    addresses: () =>
      open(
        { protocol: PROTOCOL.route, receiveBytes: MEBIBYTE, room: ROOMS.addresses },
        joining(RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR),
        () => new AddressDecoder(),
      ),
    wait: (sources, milliseconds, also = []) =>
      waitFor([...sources.map(({ descriptor }) => descriptor), ...also], milliseconds),
  };
}

interface Opening {
  readonly protocol: Protocol;
  readonly receiveBytes: number;
  readonly room: Room;
}

function open<Event>(
  { protocol, receiveBytes, room }: Opening,
  subscribe: (socket: NetlinkSocket) => void,
  decoder: (view: DataView) => Decoder<Event>,
): EventSource<Event> {
  const socket = new NetlinkSocket(protocol, receiveBytes);
  try {
    subscribe(socket);
    return new NetlinkEventSource(socket, room, decoder);
  } catch (error) {
    socket.close();
    throw error;
  }
}

function joining(...groups: readonly number[]): (socket: NetlinkSocket) => void {
  return (socket) => socket.join(groups);
}
