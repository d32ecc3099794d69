import { type Address, compareAddresses, parseAddress } from "../net/address.ts";
import { type AddressRange, formatRange, rangeContains } from "../net/range.ts";
import { ANY, ANY_HOST, type Endpoint, type Policy } from "../policy/policy.ts";
import type { HostRecord, Inventory } from "../segments/inventory.ts";

/** Equal for endpoints that stand for the same hosts or addresses; narrowing to a unit or an account is no part of it. */
export function endKey(end: Endpoint): string {
  return end.kind === "segment" ? `segment ${end.segment}` : `block ${formatRange(end.range)}`;
}

/**
 * For every host the keys of the endpoints, among all that the policy's rules name, that it stands at: its segments, the built-in ones, and blocks
 * and `addresses` segments that hold one of its addresses. In a fixed order, so that equal lists mean that the same rules stand there.
 */
export function endsOfHosts(
  policy: Policy,
  inventory: Inventory,
): ReadonlyMap<HostRecord, readonly string[]> {
  const named = namedEnds(policy);
  const ends = new Map<HostRecord, string[]>();
  for (const host of inventory.hosts.values()) {
    const segments = [ANY, ANY_HOST, ...host.segments].map((segment) => `segment ${segment}`);
    ends.set(
      host,
      segments.filter((key) => named.has(key)),
    );
  }
  const addresses = sortedAddresses(inventory);
  for (const [key, end] of named)
    for (const host of hostsWithin(rangesOf(policy, end), addresses)) ends.get(host)?.push(key);
  return ends;
}

/** The same for one host at a time, without the others. */
export function endsOfOneHost(policy: Policy): (host: HostRecord) => readonly string[] {
  const named = namedEnds(policy);
  const blocks = [...named].map(([key, end]) => ({ key, ranges: rangesOf(policy, end) }));
  return ({ segments, addresses }) => {
    const own = addresses.flatMap((text) => parseAddress(text) ?? []);
    const holds = (ranges: readonly AddressRange[]) =>
      ranges.some((range) => own.some((address) => rangeContains(range, address)));
    return [
      ...[ANY, ANY_HOST, ...segments].map((segment) => `segment ${segment}`).filter((key) => named.has(key)),
      ...blocks.filter(({ ranges }) => holds(ranges)).map(({ key }) => key),
    ];
  };
}

function namedEnds(policy: Policy): ReadonlyMap<string, Endpoint> {
  const named = new Map<string, Endpoint>();
  for (const rule of policy.rules) for (const end of [...rule.from, ...rule.to]) named.set(endKey(end), end);
  return named;
}

/** The addresses of an endpoint that names addresses; none for one that names hosts, everything or DNS names. */
function rangesOf(policy: Policy, end: Endpoint): readonly AddressRange[] {
  if (end.kind === "addresses") return [end.range];
  const segment = policy.segments.get(end.segment);
  return segment?.kind === "addresses" ? segment.ranges : [];
}

interface Owned {
  readonly address: Address;
  readonly host: HostRecord;
}

function sortedAddresses(inventory: Inventory): readonly Owned[] {
  return [...inventory.hosts.values()]
    .flatMap((host) => host.addresses.map((text) => ({ host, address: parseAddress(text) })))
    .filter((owned): owned is Owned => owned.address !== undefined)
    .sort((a, b) => compareAddresses(a.address, b.address));
}

function hostsWithin(ranges: readonly AddressRange[], sorted: readonly Owned[]): ReadonlySet<HostRecord> {
  const hosts = new Set<HostRecord>();
  for (const range of ranges)
    for (let at = lowerBound(sorted, range); at < sorted.length; at++) {
      const owned = sorted[at];
      if (owned === undefined || !rangeContains(range, owned.address)) break;
      hosts.add(owned.host);
    }
  return hosts;
}

/** The position of the first address that is not before the range. */
function lowerBound(sorted: readonly Owned[], range: AddressRange): number {
  const first = { family: range.family, value: range.first };
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const owned = sorted[middle];
    if (owned !== undefined && compareAddresses(owned.address, first) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
