/** The kernel as the rest of the agent sees it: rooms, each with a real one and a fake, and one contract suite over both. */

import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { MemberChanges, Stamp } from "@bulkhead/shared/nft/ruleset.ts";

export interface Kernel {
  readonly nft: NftRoom;
  readonly members: MemberRoom;
  readonly conntrack: ConntrackRoom;
  readonly sockets: SocketRoom;
  readonly counters: RuleCounterRoom;
  readonly host: HostRoom;
}

/** Whole rulesets, by the nft command. */
export interface NftRoom {
  /** Throws `kernel/nft-missing`, `kernel/too-old`, `kernel/no-permission` or `kernel/feature-missing`, each naming what is missing. */
  assertUsable(): Promise<void>;
  /** Lets nft and the kernel judge a transaction without committing it; throws `kernel/nft-refused` with nft's words and the line. */
  check(transaction: string): Promise<void>;
  /** One transaction, all or nothing; throws as `check` does. */
  load(transaction: string): Promise<void>;
  /** What the kernel holds now; undefined where our table is not there. */
  read(): Promise<TableInKernel | undefined>;
  /** The table's text with live counters, for `show`; undefined where it is not there. */
  list(): Promise<string | undefined>;
  /** Everybody's tables as nft lists them, without the elements of sets and without counters. */
  listEverything(): Promise<string>;
  /** Whether this process commits to the ruleset: this one, or an nft that this room has started lately. */
  isOwn(pid: number): boolean;
}

/** Our table, read back. */
export interface TableInKernel {
  /** `nft -s list table inet bulkhead` without what passes by itself (the probation's clock): equal text means equal rules. */
  readonly stableText: string;
  /** The names that a new transaction has to remove or keep. */
  readonly objects: TableObjects;
  /** Every rule that has a counter and a comment, in the kernel's order. */
  readonly counters: readonly RuleCounter[];
  /** The probation's clock, which `stableText` leaves out: absent where the table has none, 0 where it has run down. */
  readonly probation?: { readonly secondsLeft: number };
}

export interface TableObjects {
  readonly sets: readonly string[];
  readonly maps: readonly string[];
  readonly chains: readonly { readonly name: string; readonly base: boolean }[];
}

export interface RuleCounter {
  readonly chain: string;
  readonly comment: string;
  readonly packets: number;
  readonly bytes: number;
}

/** What rules have counted, straight over netlink and without the sets: it costs what rules there are, not what members. */
export interface RuleCounterRoom {
  /**
   * Every rule of these chains of ours, or of all, that has a counter and a comment, in the kernel's order. A chain or a table that is not there has none.
   * Throws `kernel/netlink-failed`, also where the rules change faster than they can be read.
   */
  read(chains?: readonly string[]): readonly RuleCounter[];
}

/** Changes of members and of the stamp, straight over netlink. */
export interface MemberRoom {
  /** One transaction, acknowledged; throws `kernel/netlink-refused` with the errno and the element's set, and then nothing has changed. */
  apply(changes: MemberChanges): void;
}

export interface ConntrackRoom {
  /** Every entry of this network namespace. Entries that the kernel could not deliver are counted in `lost`. */
  dump(): { readonly entries: readonly ConntrackEntry[]; readonly lost: number };
  /** Likewise, in the words of events: each as if it had just begun, with what it has carried so far. */
  connections(): { readonly connections: readonly ConnectionEvent[]; readonly lost: number };
  /** Makes an established entry for a connection that conntrack has not seen begin; false where an entry with one of its tuples exists. */
  create(flow: Tuple): boolean;
  /** Removes the entry with this original tuple; false where there is none. */
  delete(flow: Tuple): boolean;
  /** Writes the masked bits of an entry's mark; false where the entry is gone. */
  setMark(flow: Tuple, stamp: Stamp): boolean;
}

/** A flow's original direction. `service` as in `ServiceTerm`: the port, or ICMP type * 256 + code. */
export interface Tuple {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** Source port, or the ICMP id; 0 where the protocol has none. */
  readonly sourcePort: number;
  readonly service: number;
  /** The conntrack zone, where it is not the default one (0). */
  readonly zone?: number;
}

export interface ConnectionEvent {
  readonly kind: "new" | "end";
  readonly flow: Tuple;
  /** Where replies come from: differs from the flow's destination where that was translated. */
  readonly replySource: string;
  readonly replyDestination: string;
  readonly mark: number;
  readonly replied: boolean;
  /** As in `ConntrackEntry`; the kernel does not say it of what ends. */
  readonly pickedUp: boolean;
  /** 0 where the kernel does not count (nf_conntrack_acct), and at the beginning. */
  readonly packets: number;
  readonly bytes: number;
}

export interface ConntrackEntry extends Tuple {
  readonly mark: number;
  /** Whether packets were seen in both directions. */
  readonly replied: boolean;
  /** TCP that conntrack did not see begin: its direction is that of the first packet that came by, or what `create` said. */
  readonly pickedUp: boolean;
}

export interface SocketRoom {
  /** TCP sockets in every state but TIME_WAIT, and bound UDP sockets, v4 and v6, from sock_diag. v4-mapped addresses come as IPv4. */
  dump(): readonly Socket[];
  /** For asking about one socket at a time, thousands of times. */
  finder(): SocketFinder;
}

/** Keeps what it asks with from one question to the next, until it is disposed of. */
export interface SocketFinder extends Disposable {
  /**
   * The TCP or UDP socket that gets packets with these ends (v4-mapped addresses as IPv4; a remote end of `""` and 0 is any). Where there is no connected one, it is
   * the listening or unconnected one: so too while a TCP connection to it is only being made. Undefined where there is none, and for a TCP connection
   * that waits for its time to be over (TIME_WAIT), which belongs to nobody. Sockets that were bound to a device by name (SO_BINDTODEVICE, VRFs) are not found.
   * Throws `kernel/netlink-failed`.
   */
  find(ends: SocketEnds): Socket | undefined;
}

export type SocketEnds = Pick<
  Socket,
  "protocol" | "localAddress" | "localPort" | "remoteAddress" | "remotePort"
>;

export interface Socket {
  readonly protocol: number;
  readonly state: "listening" | "connected" | "connecting" | "closing" | "unconnected";
  readonly localAddress: string;
  readonly localPort: number;
  /** Empty and 0 where the socket has no peer. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly uid: number;
  readonly inode: number;
  /** The v2 cgroup of who made the socket, a decimal string; undefined where the kernel does not say. */
  readonly cgroupId?: string;
}

/** Facts of this machine. */
export interface HostRoom {
  name(): string;
  /** This network namespace's addresses, canonical, without loopback. */
  addresses(): readonly string[];
  /** The lowest and the highest port that the kernel gives to sockets that call (net.ipv4.ip_local_port_range). */
  callerPorts(): readonly [number, number];
  /** Finds what a policy needs: cgroups of units, uids of accounts, addresses of DNS names; `missing` names what was not found, in words. */
  resolve(need: FactsNeeded): Promise<{ readonly facts: HostFacts; readonly missing: readonly string[] }>;
}

export interface FactsNeeded {
  readonly names: readonly string[];
  readonly units: readonly string[];
  readonly users: readonly string[];
}
