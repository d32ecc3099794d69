/** The names and addresses that the server's certificate is for. */

import { hostname, networkInterfaces } from "node:os";
import { formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";

/** What was named, and what this machine is called by itself: its name, its addresses, localhost. */
export function serverNames(named: readonly string[]): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((some) => some ?? [])
    .map(({ address }) => address)
    // Those that mean something on one link only have a zone.
    .filter((address) => parseAddress(address) !== undefined && !/^fe[89ab]/.test(address));
  return [...new Set([...named, hostname(), "localhost", ...addresses])];
}

/** Those of them that are addresses, canonical text. */
export function serverAddresses(named: readonly string[]): readonly string[] {
  return serverNames(named).flatMap((name) => {
    const address = parseAddress(name);
    return address === undefined ? [] : formatAddress(address);
  });
}

/** What to call the server in what is printed for others: the first name that was given, else an address that others can reach. */
export function publicName(named: readonly string[]): string {
  const [first] = named;
  if (first !== undefined) return bracketed(first);
  const reachable = serverNames([]).find(
    (name) => parseAddress(name) !== undefined && !name.startsWith("127.") && name !== "::1",
  );
  return bracketed(reachable ?? hostname());
}

function bracketed(name: string): string {
  return parseAddress(name)?.family === 6 ? `[${name}]` : name;
}
