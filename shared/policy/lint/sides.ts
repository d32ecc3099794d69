/** What the endpoints of rules stand for. */

import { type Family, parseAddress } from "../../net/address.ts";
import type { AddressRange } from "../../net/range.ts";
import { ANY, ANY_HOST, type Endpoint, type Host, type Policy } from "../policy.ts";
import type { Members } from "./members.ts";

export interface Side {
  /** What it is called in the policy. */
  readonly name: string;
  /** Managed hosts, by their labels. */
  readonly hosts: readonly Host[];
  /** Whether it stands for any address at all. */
  readonly isEmpty: boolean;
  /** Whether managed hosts are certainly not in it. */
  readonly isUnmanaged: boolean;
  /** Whether it is more than `hosts`: addresses, names, or not known. */
  readonly isOpen: boolean;
  readonly families: ReadonlySet<Family>;
}

const BOTH: ReadonlySet<Family> = new Set([4, 6]);

/** Looks endpoints up, each segment once. */
export class Sides {
  readonly #policy: Policy;
  readonly #members: Members;
  readonly #known = new Map<string, Side>();
  /** The addresses of all hosts, sorted. */
  readonly #managed: Readonly<Record<Family, readonly bigint[]>>;

  constructor(policy: Policy, members: Members) {
    this.#policy = policy;
    this.#members = members;
    const all = [...policy.hosts.values()].flatMap(({ addresses }) => addresses.map(parseAddress));
    const of = (family: Family) =>
      all
        .flatMap((address) => (address?.family === family ? address.value : []))
        .sort((a, b) => (a < b ? -1 : 1));
    this.#managed = { 4: of(4), 6: of(6) };
  }

  of(endpoints: readonly Endpoint[]): readonly Side[] {
    return endpoints.map((endpoint) =>
      endpoint.kind === "addresses"
        ? this.#ofRanges(endpoint.text, [endpoint.range])
        : this.#known.getOrInsertComputed(endpoint.segment, (name) => this.#ofSegment(name)),
    );
  }

  #ofSegment(name: string): Side {
    const segment = this.#policy.segments.get(name);
    if (segment?.kind === "addresses") return this.#ofRanges(name, segment.ranges);
    const hosts = segment?.kind === "select" || name === ANY_HOST ? this.#members.of(name) : undefined;
    if (hosts !== undefined) return sideOfHosts(name, hosts);
    const isUnmanaged = segment?.kind === "names" && name !== ANY;
    return { name, hosts: [], isEmpty: false, isUnmanaged, isOpen: true, families: BOTH };
  }

  #ofRanges(name: string, ranges: readonly AddressRange[]): Side {
    const families = new Set(ranges.map(({ family }) => family));
    const isUnmanaged = !ranges.some((range) => this.#isManaged(range));
    return { name, hosts: [], isEmpty: ranges.length === 0, isUnmanaged, isOpen: true, families };
  }

  /** Whether a managed host has an address in the range. */
  #isManaged(range: AddressRange): boolean {
    const addresses = this.#managed[range.family];
    let low = 0;
    let high = addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((addresses[middle] ?? 0n) < range.first) low = middle + 1;
      else high = middle;
    }
    const first = addresses[low];
    return first !== undefined && first <= range.last;
  }
}

function sideOfHosts(name: string, hosts: readonly Host[]): Side {
  const families = new Set(
    hosts.flatMap(({ addresses }) => addresses.map((text): Family => (text.includes(":") ? 6 : 4))),
  );
  return {
    name,
    hosts,
    isEmpty: hosts.length === 0,
    isUnmanaged: hosts.length === 0,
    isOpen: false,
    families,
  };
}
