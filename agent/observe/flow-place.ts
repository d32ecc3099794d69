/** Where a connection lies as this host sees it. */

import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { ConnectionEvent } from "../kernel/events.ts";

export interface FlowPlace {
  readonly direction: Direction;
  readonly local: string;
  readonly remote: string;
}

/**
 * By the original addresses, as the rules judge them. Undefined for what stays on this host, and for what it only passes on, such as to a container
 * that has an address of its own.
 */
export function placeOf(
  { flow, replySource }: Pick<ConnectionEvent, "flow" | "replySource">,
  own: ReadonlySet<string>,
): FlowPlace | undefined {
  const { source, destination } = flow;
  if (isLoopback(source) || isLoopback(destination)) return undefined;
  // Where it really goes to, whatever it was addressed to.
  const comesHere = own.has(replySource) || isLoopback(replySource);
  if (own.has(source))
    return comesHere ? undefined : { direction: "egress", local: source, remote: destination };
  if (comesHere || isForMany(destination))
    return { direction: "ingress", local: destination, remote: source };
  return undefined;
}

export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Multicast and the broadcast to one's own link: a host gets them without having the address. */
function isForMany(address: string): boolean {
  if (address.startsWith("ff")) return true;
  const first = address.includes(".") ? Number.parseInt(address, 10) : 0;
  return (first >= 224 && first <= 239) || address === "255.255.255.255";
}
