/** What the kernel tells by itself. Each source is a socket of its own; a thread that may block waits for all of them together. */

import type { ConnectionEvent, Tuple } from "./kernel.ts";

export type { ConnectionEvent } from "./kernel.ts";

export interface EventSource<Event> extends Disposable {
  /** To wait on; see `KernelEvents.wait`. */
  readonly descriptor: number;
  /**
   * Hands over what has arrived, in order, and never waits. Returns how often the kernel had to drop something since the last call.
   * Reads at most `most` datagrams, so that one flood cannot keep the others waiting. Throws `kernel/netlink-failed`.
   */
  drain(each: (event: Event) => void, most: number): number;
}

export interface KernelEvents {
  /** Connections as they begin and end in this network namespace (conntrack: NEW, DESTROY). */
  connections(): EventSource<ConnectionEvent>;
  /** Packets that a log statement of this group copied (NFLOG). One listener a group and namespace; throws `kernel/netlink-failed` where there is one. */
  packets(group: number): EventSource<LoggedPacket>;
  /** Commits to the ruleset, ours included. */
  rulesets(): EventSource<RulesetEvent>;
  /** Addresses and links that come and go; says only that something did. */
  addresses(): EventSource<"changed">;
  /**
   * Waits until one of them has something, or the time is over; false then. Blocks this thread, which nothing but its descriptors wakes: the whole process
   * ends (`process.exit`) no sooner than this returns. `also`: further descriptors, such as a `Wake`.
   */
  wait(
    sources: readonly { readonly descriptor: number }[],
    milliseconds: number,
    also?: readonly number[],
  ): boolean;
}

export interface LoggedPacket {
  /** The text of the log statement. */
  readonly prefix: string;
  /** Of this packet itself, by its IP and transport headers; undefined where those cannot be read. */
  readonly flow: Tuple | undefined;
  /** Length of the IP packet in bytes. */
  readonly bytes: number;
  /** The sending socket's account; undefined for what others send. */
  readonly uid: number | undefined;
  readonly hook: "input" | "output" | "other";
}

/** One commit. */
export interface RulesetEvent {
  /** The generation's number, which grows by one at each commit. */
  readonly generation: number;
  /** Who committed, where the kernel says so (since 4.13). */
  readonly by: { readonly pid: number; readonly name: string } | undefined;
  /** Whether it concerned our table (`inet bulkhead`), and how, in a few words each (`rule added in chain ingress`); at most 20. */
  readonly ours: readonly string[];
}
