/** Allow rules that a deny rule covers wholly, so that they never have a say. */

import { isEmptyService, type Service, serviceHas, subtractServices } from "../../net/service.ts";
import { ANY, ANY_HOST, type Endpoint, type Policy, type Rule } from "../policy.ts";
import type { Effort } from "./effort.ts";
import { EndpointCover } from "./endpoint-cover.ts";

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
  readonly #cover: EndpointCover;

  constructor(policy: Policy, effort: Effort) {
    this.#policy = policy;
    this.#effort = effort;
    this.#cover = new EndpointCover(policy, effort);
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
      allow.from.every((one) => from.some((all) => this.#cover.covers(all, one))) &&
      allow.to.every((one) => to.some((all) => this.#cover.covers(all, one))) &&
      isEmptyService(subtractServices(allow.service, deny.service))
    );
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
