/** Allow rules that a deny rule covers wholly, so that they never have a say. */

import { AddressSet } from "../../net/address-set.ts";
import { isEmptyService, type Service, serviceHas, subtractServices } from "../../net/service.ts";
import { ANY, ANY_HOST, type Endpoint, type Policy, type Rule } from "../policy.ts";
import type { Effort } from "./effort.ts";

/** A deny rule with those of its ends that are not narrowed. */
interface Denial {
  readonly rule: Rule;
  readonly from: readonly Endpoint[];
  readonly to: readonly Endpoint[];
}

/** What comparing two rules costs at the least, in the effort's units. */
const CALL = 20;

/** Finds, for allow rules one after the other, the first deny rule that covers it. */
export class Shadows {
  readonly #policy: Policy;
  readonly #effort: Effort;
  /** By a segment that they deny from; under `any`, those that deny from addresses, whatever their name. */
  readonly #denials = new Map<string, Denial[]>();
  readonly #addresses = new Map<string, AddressSet | undefined>();

  constructor(policy: Policy, effort: Effort) {
    this.#policy = policy;
    this.#effort = effort;
    for (const rule of policy.rules)
      if (rule.action === "deny" && rule.same.length === 0)
        this.#note({ rule, from: rule.from.filter(isWhole), to: rule.to.filter(isWhole) });
  }

  /** Undefined where nothing is certain. */
  denialOf(allow: Rule): Rule | undefined {
    const [first] = allow.from;
    if (first === undefined) return undefined;
    const keys = new Set([this.#keyOf(first), ANY, ...(first.kind === "segment" ? [ANY_HOST] : [])]);
    for (const key of keys)
      for (const denial of this.#denials.get(key) ?? []) {
        if (!this.#effort.spend(costOf(denial, allow))) return undefined;
        if (this.#covers(denial, allow)) return denial.rule;
      }
    return undefined;
  }

  #note(denial: Denial): void {
    for (const key of new Set(denial.from.map((one) => this.#keyOf(one))))
      this.#denials.getOrInsertComputed(key, () => []).push(denial);
  }

  #keyOf(endpoint: Endpoint): string {
    const isAddresses =
      endpoint.kind === "addresses" || this.#policy.segments.get(endpoint.segment)?.kind === "addresses";
    return isAddresses ? ANY : endpoint.segment;
  }

  #covers({ rule: deny, from, to }: Denial, allow: Rule): boolean {
    return (
      (deny.expires === undefined || (allow.expires !== undefined && allow.expires <= deny.expires)) &&
      mayCover(deny.service, allow.service) &&
      allow.from.every((one) => from.some((all) => this.#coversEndpoint(all, one))) &&
      allow.to.every((one) => to.some((all) => this.#coversEndpoint(all, one))) &&
      isEmptyService(subtractServices(allow.service, deny.service))
    );
  }

  /** A narrowed `one` is covered by what covers all of it. */
  #coversEndpoint(all: Endpoint, one: Endpoint): boolean {
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

/** A deny that is narrowed to a unit or account leaves the others alone, and the peer's host does not judge it. */
function isWhole(endpoint: Endpoint): boolean {
  return endpoint.kind === "addresses" || (endpoint.unit === undefined && endpoint.user === undefined);
}

function costOf({ rule, from, to }: Denial, allow: Rule): number {
  const pairs = allow.from.length * from.length + allow.to.length * to.length;
  return CALL + pairs + partsOf(allow.service) * partsOf(rule.service);
}

/** False where `one` is certainly not covered: a cheap look before the exact one. */
function mayCover(all: Service, one: Service): boolean {
  const first = one === "all" ? undefined : one[0];
  return all === "all" || (first !== undefined && serviceHas(all, first.protocol, first.low));
}

function partsOf(service: Service): number {
  return service === "all" ? 1 : service.length;
}
