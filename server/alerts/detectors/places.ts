/** Where an address is: that of a machine within, or of the world outside. */

import { type Address, formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";
import { type AddressRange, parseRange, rangeContains } from "@bulkhead/shared/net/range.ts";

/** Private, shared, link-local, loopback and documentation's are nobody's outside (RFC 6890); to groups and to everybody nothing is a peer. */
const WITHIN = ranges(
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"],
  ...["fc00::/7", "fe80::/10", "::1"],
);
const GROUPS = ranges("224.0.0.0/4", "255.255.255.255", "0.0.0.0/8", "ff00::/8", "::");

/** Undefined for what is no peer: a group, everybody, or no address at all. */
export function placeOf(text: string): "within" | "outside" | undefined {
  const address = parseAddress(text);
  if (address === undefined || isIn(GROUPS, address)) return undefined;
  return isIn(WITHIN, address) ? "within" : "outside";
}

/** The block that an outside service moves about in: its addresses change by the hour, the /24 or /48 seldom. */
export function neighbourhood(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) return text;
  const { family, value } = address;
  const [bits, length] = family === 4 ? [8n, 24] : [80n, 48];
  return `${formatAddress({ family, value: (value >> bits) << bits })}/${length}`;
}

function isIn(some: readonly AddressRange[], address: Address): boolean {
  return some.some((range) => rangeContains(range, address));
}

function ranges(...texts: readonly string[]): readonly AddressRange[] {
  return texts.map((text) => {
    const range = parseRange(text);
    if (!("family" in range)) throw new TypeError(`${text} is no range`);
    return range;
  });
}
