import type { Address } from "../../net/address.ts";
import { parseRange, rangeContains } from "../../net/range.ts";

/** Blocks of which no address is a single host's in a network, and what they are (RFC 6890). */
const BLOCKS = (
  [
    ["0.0.0.0/8", "no address of a host"],
    ["127.0.0.0/8", "loopback, which is never judged"],
    ["224.0.0.0/4", "a multicast group"],
    ["255.255.255.255", "the broadcast address"],
    ["::", "no address of a host"],
    ["::1", "loopback, which is never judged"],
    ["ff00::/8", "a multicast group"],
  ] as const
).flatMap(([text, what]) => {
  const range = parseRange(text);
  return "problem" in range ? [] : [{ range, what }];
});

/** What an address is that no host is reached at. */
export function unusualAddress(address: Address): string | undefined {
  return BLOCKS.find(({ range }) => rangeContains(range, address))?.what;
}
