/** The real kernel: that of the network namespace which this process is in. */

import { hostRoom } from "./host/room.ts";
import type { Kernel } from "./kernel.ts";
import { conntrackRoom } from "./netlink/conntrack.ts";
import { NetlinkMembers } from "./netlink/members.ts";
import { ruleCounterRoom } from "./netlink/rule-counters.ts";
import { type RulesetProbe, rulesetProbe } from "./netlink/ruleset-probe.ts";
import { NetlinkSocket } from "./netlink/socket.ts";
import { socketDumps } from "./netlink/socket-diagnosis.ts";
import { NetlinkSocketFinder } from "./netlink/socket-finder.ts";
import { PROTOCOL, type Protocol, type WithTransport } from "./netlink/transport.ts";
import { nftRoom } from "./nft/room.ts";

/** A kernel that keeps a socket open between changes, until it is closed. */
export interface RealKernel extends Kernel {
  readonly members: NetlinkMembers;
  readonly probe: RulesetProbe;
  close(): void;
}

/** The rooms, nothing opened yet. They stay in the network namespace in which each first opens a socket. */
export function realKernel(): RealKernel {
  const members = new NetlinkMembers(() => new NetlinkSocket(PROTOCOL.netfilter));
  return {
    nft: nftRoom(),
    members,
    probe: rulesetProbe(withSocket(PROTOCOL.netfilter)),
    conntrack: conntrackRoom(withSocket(PROTOCOL.netfilter)),
    sockets: {
      ...socketDumps(withSocket(PROTOCOL.socketDiagnostics)),
      finder: () => new NetlinkSocketFinder(new NetlinkSocket(PROTOCOL.socketDiagnostics)),
    },
    counters: ruleCounterRoom(withSocket(PROTOCOL.netfilter)),
    host: hostRoom(withSocket(PROTOCOL.route)),
    close: () => members.close(),
  };
}

function withSocket(protocol: Protocol): WithTransport {
  return (use) => {
    using socket = new NetlinkSocket(protocol);
    return use(socket);
  };
}
