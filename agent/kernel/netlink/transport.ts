/** The seam between the protocol, which is ours, and the operating system, which tests replace. */

/** The netlink families that we talk to (linux/netlink.h). */
export const PROTOCOL = { route: 0, socketDiagnostics: 4, netfilter: 12 } as const;

export type Protocol = (typeof PROTOCOL)[keyof typeof PROTOCOL];

export interface NetlinkTransport {
  /** Hands the kernel these messages, which it has worked off when this returns. Throws `kernel/netlink-failed`. */
  send(messages: Uint8Array): void;
  /**
   * The next datagram, valid until the next call; "overrun" where the kernel had to drop some; undefined where none comes within these
   * milliseconds. Throws `kernel/netlink-failed`.
   */
  receive(milliseconds: number): Uint8Array | "overrun" | undefined;
}

/** Opens a transport, hands it over, and closes it whatever happens: what an abandoned dump still sends goes with its socket. */
export type WithTransport = <T>(use: (transport: NetlinkTransport) => T) => T;
