/** Allow rules that a deny rule covers wholly, so that they never have a say. */

import { AddressSet } from "../../net/address-set.ts";
import { isEmptyService, subtractServices } from "../../net/service.ts";
import { ANY, ANY_HOST, type Endpoint, type Policy, type Rule } from "../policy.ts";

/** Beyond these no more pairs of rules are compared: a policy of a hundred thousand rules is not searched for an hour. */
const MOST_PAIRS = 2_000_000;

/** Finds, for allow rules one after the other, the first deny rule that covers it. */
export class Shadows {
  readonly #policy: Policy;
  /** By a segment that they deny from; under `any`, those that deny from addresses, whatever their name. */
  readonly #denials = new Map<string, Rule[]>();
  #pairs = 0;

  constructor(policy: Policy) {
    this.#policy = policy;
    for (const rule of policy.rules)
      if (rule.action === "deny" && rule.same.length === 0)
        for (const key of new Set(rule.from.filter(isWhole).map((one) => this.#keyOf(one))))
          this.#denials.getOrInsertComputed(key, () => []).push(rule);
  }

  /** Undefined where nothing is certain. */
  denialOf(allow: Rule): Rule | undefined {
    const [first] = allow.from;
    if (first === undefined) return undefined;
    const keys = new Set([this.#keyOf(first), ANY, ...(first.kind === "segment" ? [ANY_HOST] : [])]);
    for (const key of keys)
      for (const deny of this.#denials.get(key) ?? []) {
        if (++this.#pairs > MOST_PAIRS) return undefined;
        if (this.#covers(deny, allow)) return deny;
      }
    return undefined;
  }

  #keyOf(endpoint: Endpoint): string {
    if (endpoint.kind === "addresses" || this.#policy.segments.get(endpoint.segment)?.kind === "addresses")
      return ANY;
    return endpoint.segment;
  }

  #covers(deny: Rule, allow: Rule): boolean {
    return (
      (deny.expires === undefined || (allow.expires !== undefined && allow.expires <= deny.expires)) &&
      this.#coversEnd(deny.from, allow.from) &&
      this.#coversEnd(deny.to, allow.to) &&
      isEmptyService(subtractServices(allow.service, deny.service))
    );
  }

  #coversEnd(denied: readonly Endpoint[], allowed: readonly Endpoint[]): boolean {
    const whole = denied.filter(isWhole);
    return allowed.every((one) => whole.some((all) => this.#coversEndpoint(all, one)));
  }

  /** A narrowed `one` is covered by what covers all of it. */
  #coversEndpoint(all: Endpoint, one: Endpoint): boolean {
    if (all.kind === "segment" && one.kind === "segment") {
      if (all.segment === ANY || all.segment === one.segment) return true;
      const isHosts = this.#policy.segments.get(one.segment)?.kind === "select";
      return all.segment === ANY_HOST && isHosts;
    }
    if (all.kind === "segment" && all.segment === ANY) return true;
    const mine = this.#addressesOf(all);
    const theirs = this.#addressesOf(one);
    return mine !== undefined && theirs?.difference(mine).isEmpty === true;
  }

  #addressesOf(endpoint: Endpoint): AddressSet | undefined {
    if (endpoint.kind === "addresses") return AddressSet.of([endpoint.range]);
    const segment = this.#policy.segments.get(endpoint.segment);
    return segment?.kind === "addresses" ? AddressSet.of(segment.ranges) : undefined;
  }
}

/** A deny that is narrowed to a unit or account leaves the others alone, and the peer's host does not judge it. */
function isWhole(endpoint: Endpoint): boolean {
  return endpoint.kind === "addresses" || (endpoint.unit === undefined && endpoint.user === undefined);
}
