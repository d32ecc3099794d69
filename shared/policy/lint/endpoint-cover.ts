/** Whether one endpoint of a rule holds all that another one does, whatever hosts there are. */

import { AddressSet } from "../../net/address-set.ts";
import { ANY, ANY_HOST, type Endpoint, type Policy } from "../policy.ts";
import type { Effort } from "./effort.ts";

export class EndpointCover {
  readonly #policy: Policy;
  readonly #effort: Effort;
  readonly #addresses = new Map<string, AddressSet | undefined>();

  constructor(policy: Policy, effort: Effort) {
    this.#policy = policy;
    this.#effort = effort;
  }

  /** False where nothing is certain. Units and accounts are not looked at: a narrowed `one` is covered by what covers all of it. */
  covers(all: Endpoint, one: Endpoint): boolean {
    if (all.kind === "segment" && all.segment === ANY) return true;
    if (all.kind === "segment" && one.kind === "segment") {
      if (all.segment === one.segment) return true;
      const isHosts = this.#policy.segments.get(one.segment)?.kind === "select";
      if (all.segment === ANY_HOST) return isHosts;
    }
    const mine = this.#addressesOf(all);
    const theirs = this.#addressesOf(one);
    if (mine === undefined || theirs === undefined) return false;
    return this.#effort.spend(mine.ranges.length + theirs.ranges.length) && theirs.difference(mine).isEmpty;
  }

  #addressesOf(endpoint: Endpoint): AddressSet | undefined {
    if (endpoint.kind === "addresses") return AddressSet.of([endpoint.range]);
    return this.#addresses.getOrInsertComputed(endpoint.segment, (name) => {
      const segment = this.#policy.segments.get(name);
      return segment?.kind === "addresses" ? AddressSet.of(segment.ranges) : undefined;
    });
  }
}
