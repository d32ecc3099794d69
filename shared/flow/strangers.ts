/** Addresses that nobody has a name for: in one order, and so many that a rule would rather say everybody. */

import { compareAddresses, parseAddress } from "../net/address.ts";

/** So many strangers, from so many different networks (/16 or /32). */
const ANYBODY = { addresses: 40, networks: 10 } as const;

/** @param addresses canonical texts, none twice. */
export function isAnybody(addresses: readonly string[]): boolean {
  return addresses.length >= ANYBODY.addresses && networksOf(addresses) >= ANYBODY.networks;
}

/** From how many different networks they are. */
export function networksOf(addresses: readonly string[]): number {
  return new Set(addresses.map((text) => text.split(/[.:]/).slice(0, 2).join())).size;
}

/** Each once, by family and number; what is no address is left out. */
export function sortedAddresses(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)]
    .flatMap((text) => {
      const address = parseAddress(text);
      return address === undefined ? [] : [{ text, address }];
    })
    .sort((a, b) => compareAddresses(a.address, b.address))
    .map(({ text }) => text);
}
