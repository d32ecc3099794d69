/** What of wide rules was used: peers and services, as far as they are few enough to name. */

import { OTHERS } from "../flow/record.ts";
import { serviceExpression, serviceOfExpression } from "../flow/suggested-service.ts";
import { parseAddress } from "../net/address.ts";
import { type AddressRange, rangeContains } from "../net/range.ts";
import { numbersIn, type Service, unionServices } from "../net/service.ts";
import { ANY, ANY_HOST, type Endpoint, type Policy, type Rule } from "../policy/policy.ts";
import { AS_SAID } from "../rules/judge.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import { judgeRecorded } from "./judge-recorded.ts";
import type { RecordedFlow } from "./recorded-flow.ts";

/** Beyond so many, nothing narrower could be named. */
const MOST_KEPT = 64;
/** A block or a service is wide from so many addresses or numbers on. */
export const WIDE = { addresses: 256n, numbers: 64 } as const;

/** Undefined where there were more than are kept. */
export type Few = ReadonlySet<string> | undefined;

export interface Used {
  readonly rule: Rule;
  readonly flows: number;
  readonly connections: number;
  readonly first: number;
  readonly services: Few;
  /** By the position of the endpoint in `from` and `to`: addresses of who used it there. Only of wide ones. */
  readonly from: ReadonlyMap<number, Few>;
  readonly to: ReadonlyMap<number, Few>;
}

interface Sums {
  readonly rule: Rule;
  flows: number;
  connections: number;
  first: number;
  readonly services: Kept;
  readonly from: Map<number, Kept>;
  readonly to: Map<number, Kept>;
}

class Kept {
  readonly #set = new Set<string>();
  #isTooMany = false;

  add(text: string): void {
    if (this.#isTooMany) return;
    this.#set.add(text);
    this.#isTooMany = this.#set.size > MOST_KEPT;
  }

  get few(): Few {
    return this.#isTooMany ? undefined : this.#set;
  }
}

export class Breadth {
  readonly #resolved: ResolvedPolicy;
  readonly #wide: ReadonlyMap<string, Sums>;

  constructor(resolved: ResolvedPolicy) {
    this.#resolved = resolved;
    const { rules } = resolved.policy;
    this.#wide = new Map(
      rules
        .filter((rule) => rule.action === "allow" && isWide(rule, resolved.policy))
        .map((rule) => [rule.name, emptySums(rule)]),
    );
  }

  /** Whether any rule is wide enough to be looked at. */
  get isNeeded(): boolean {
    return this.#wide.size > 0;
  }

  add(flow: RecordedFlow): void {
    const { egress, ingress } = judgeRecorded(this.#resolved, flow, AS_SAID).evaluation;
    const names = new Set([egress, ingress].flatMap((one) => one?.rule?.name ?? []));
    for (const name of names) {
      const sums = this.#wide.get(name);
      if (sums !== undefined) this.#use(sums, flow);
    }
  }

  used(): readonly Used[] {
    const fewOf = (kept: Map<number, Kept>) => new Map([...kept].map(([at, one]) => [at, one.few]));
    return [...this.#wide.values()]
      .filter(({ flows }) => flows > 0)
      .map(({ services, from, to, ...sums }) => ({
        ...{ ...sums, services: services.few, from: fewOf(from), to: fewOf(to) },
      }));
  }

  #use(sums: Sums, flow: RecordedFlow): void {
    sums.flows += 1;
    sums.connections += flow.connections;
    sums.first = Math.min(sums.first, flow.start);
    sums.services.add(serviceExpression(flow));
    this.#useEnd(sums.from, sums.rule.from, flow.source.address);
    this.#useEnd(sums.to, sums.rule.to, flow.destination.address);
  }

  /** An address is put down to the wide ends alone that no narrower end of the same rule holds. */
  #useEnd(kept: Map<number, Kept>, endpoints: readonly Endpoint[], address: string): void {
    const { policy, inventory } = this.#resolved;
    const host = inventory.hostOf(address);
    const isIn = (endpoint: Endpoint) => {
      if (endpoint.kind === "addresses") return isWithin(address, [endpoint.range]);
      if (endpoint.segment === ANY) return true;
      if (endpoint.segment === ANY_HOST) return host !== undefined;
      const segment = policy.segments.get(endpoint.segment);
      if (segment?.kind === "addresses") return isWithin(address, segment.ranges);
      return host?.segments.includes(endpoint.segment) === true;
    };
    if (address !== OTHERS && endpoints.some((one) => !isWideEnd(one, policy) && isIn(one))) return;
    for (const [at, endpoint] of endpoints.entries())
      if (isWideEnd(endpoint, policy) && (address === OTHERS || isIn(endpoint)))
        kept.getOrInsertComputed(at, () => new Kept()).add(address);
  }
}

function emptySums(rule: Rule): Sums {
  return {
    ...{ rule, flows: 0, connections: 0, first: Number.POSITIVE_INFINITY },
    ...{ services: new Kept(), from: new Map(), to: new Map() },
  };
}

function isWide(rule: Rule, policy: Policy): boolean {
  return isWideService(rule.service) || [...rule.from, ...rule.to].some((end) => isWideEnd(end, policy));
}

export function isWideService(service: Service): boolean {
  return numbersIn(service) >= WIDE.numbers;
}

/** Everything, every host, and blocks; segments are what somebody has meant. */
export function isWideEnd(endpoint: Endpoint, policy: Policy): boolean {
  if (endpoint.kind === "addresses") return endpoint.range.last - endpoint.range.first + 1n >= WIDE.addresses;
  if (endpoint.segment === ANY || endpoint.segment === ANY_HOST) return true;
  const segment = policy.segments.get(endpoint.segment);
  if (segment?.kind !== "addresses") return false;
  return segment.ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n) >= WIDE.addresses;
}

function isWithin(text: string, ranges: readonly AddressRange[]): boolean {
  const address = parseAddress(text);
  return address !== undefined && ranges.some((range) => rangeContains(range, address));
}

/** What some expressions hold together. */
export function serviceOfAll(expressions: Iterable<string>): Service {
  return unionServices(...[...expressions].map(serviceOfExpression));
}
