/** Addresses and links that come and go (rtnetlink's multicast groups). */

import type { Decoder, EventMessage } from "./event-source.ts";

/** Multicast groups (enum rtnetlink_groups). */
export const RTNLGRP_LINK = 1;
export const RTNLGRP_IPV4_IFADDR = 5;
export const RTNLGRP_IPV6_IFADDR = 9;
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;

const CHANGES: ReadonlySet<number> = new Set([RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR]);

/** Says only that something changed: what there is now is read anew by whoever wants to know. */
export class AddressDecoder implements Decoder<"changed"> {
  decode({ type }: EventMessage, each: (event: "changed") => void): void {
    if (CHANGES.has(type)) each("changed");
  }
}
