/** What stands at the ends of rules. */

import { type Family, parseAddress } from "../../net/address.ts";
import type { AddressRange } from "../../net/range.ts";
import { ANY, ANY_HOST, type Endpoint, type Host, type Policy } from "../policy.ts";
import type { Members } from "./members.ts";

/** What one endpoint, or one end of several, stands for. */
export interface Side {
  /** Managed hosts, by their labels. */
  readonly hosts: readonly Host[];
  readonly ranges: readonly AddressRange[];
  /** `any`, or DNS names: whatever addresses these are. */
  readonly open: "any" | "names" | undefined;
  readonly families: ReadonlySet<Family>;
}

const BOTH: ReadonlySet<Family> = new Set([4, 6]);

/** Looks endpoints up, each segment once. */
export class Ends {
  readonly #policy: Policy;
  readonly #members: Members;
  readonly #sides = new Map<string, Side>();
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

  sidesOf(endpoints: readonly Endpoint[]): readonly Side[] {
    return endpoints.map((endpoint) =>
      endpoint.kind === "addresses" ? sideOfRanges([endpoint.range]) : this.#sideOfSegment(endpoint.segment),
    );
  }

  /** Whether a managed host has an address in the range. */
  isManaged(range: AddressRange): boolean {
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

  #sideOfSegment(name: string): Side {
    return this.#sides.getOrInsertComputed(name, () => {
      if (name === ANY) return { hosts: [], ranges: [], open: "any", families: BOTH };
      const segment = this.#policy.segments.get(name);
      if (segment?.kind === "names") return { hosts: [], ranges: [], open: "names", families: BOTH };
      if (segment?.kind === "addresses") return sideOfRanges(segment.ranges);
      return name === ANY_HOST || segment !== undefined
        ? sideOfHosts(this.#members.of(name))
        : sideOfRanges([]);
    });
  }
}

function sideOfRanges(ranges: readonly AddressRange[]): Side {
  return { hosts: [], ranges, open: undefined, families: new Set(ranges.map(({ family }) => family)) };
}

function sideOfHosts(hosts: readonly Host[]): Side {
  const families = new Set(
    hosts.flatMap(({ addresses }) => addresses.map((text): Family => (text.includes(":") ? 6 : 4))),
  );
  return { hosts, ranges: [], open: undefined, families };
}
