/** Which rules recorded flows have used, and what of each rule. */

import { OTHERS } from "../flow/record.ts";
import { type Address, compareAddresses, parseAddress } from "../net/address.ts";
import { type AddressRange, rangeContains } from "../net/range.ts";
import { isEmptyService, serviceHas, subtractServices } from "../net/service.ts";
import { ANY_HOST, type Endpoint, type NamedService, type Policy, type Rule } from "../policy/policy.ts";
import type { RuleRef } from "../rules/host-policy.ts";
import { AS_SAID } from "../rules/judge.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import { judgeRecorded } from "./judge-recorded.ts";
import type { RecordedFlow } from "./recorded-flow.ts";

export class Usage {
  readonly rules = new Set<string>();
  /** By segment, the hosts of it that used a rule as a part of it, and the positions of its ranges that did. */
  readonly hosts = new Map<string, Set<string>>();
  readonly ranges = new Map<string, Set<number>>();
  /** By service, the positions of its terms. */
  readonly terms = new Map<string, Set<number>>();
  /** The first moment of anything that was recorded. */
  first = Number.POSITIVE_INFINITY;
  readonly #resolved: ResolvedPolicy;
  readonly #byName: ReadonlyMap<string, Rule>;
  readonly #services: (rule: Rule) => readonly NamedService[];

  constructor(resolved: ResolvedPolicy) {
    const { policy } = resolved;
    this.#resolved = resolved;
    this.#byName = new Map(policy.rules.map((rule) => [rule.name, rule]));
    this.#services = servicesOfRules(policy);
  }

  add(flow: RecordedFlow): void {
    this.first = Math.min(this.first, flow.start);
    if (flow.source.address === OTHERS || flow.destination.address === OTHERS) {
      for (const rule of this.#recorded(flow)) this.rules.add(rule.name);
      return;
    }
    for (const rule of new Set([...this.#recorded(flow), ...this.#judged(flow)])) this.#use(rule, flow);
  }

  /** By the names that the hosts reported: a rule that has moved since is the same one. A rule without a name of its own is called by its place, where another one may be by now. */
  #recorded({ egress, ingress }: RecordedFlow): readonly Rule[] {
    return [egress, ingress].flatMap((said) => {
      const rule = said?.rule == null ? undefined : this.#byName.get(said.rule.name);
      if (rule === undefined || isCalledByPlace(rule)) return [];
      return (rule.action === "allow") === (said?.verdict === "allow") ? [rule] : [];
    });
  }

  /** By what the policy says of the same flow now, whatever the rule was called then. */
  #judged(flow: RecordedFlow): readonly Rule[] {
    const { egress, ingress } = judgeRecorded(this.#resolved, flow, AS_SAID).evaluation;
    const refs: readonly (RuleRef | null | undefined)[] = [egress?.rule, ingress?.rule];
    return refs.flatMap((ref) => (ref == null ? [] : (this.#byName.get(ref.name) ?? [])));
  }

  #use(rule: Rule, { source, destination, protocol, service }: RecordedFlow): void {
    this.rules.add(rule.name);
    this.#useEnd(rule.from, source.address);
    this.#useEnd(rule.to, destination.address);
    for (const { name, service: terms } of this.#services(rule))
      if (terms !== "all")
        for (const [at, term] of terms.entries())
          if (serviceHas([term], protocol, service))
            this.terms.getOrInsertComputed(name, () => new Set()).add(at);
  }

  #useEnd(endpoints: readonly Endpoint[], text: string): void {
    const { policy, inventory } = this.#resolved;
    const host = inventory.hostOf(text);
    for (const endpoint of endpoints) {
      if (endpoint.kind !== "segment" || endpoint.segment === ANY_HOST) continue;
      const { segment: name } = endpoint;
      if (host?.segments.includes(name)) this.hosts.getOrInsertComputed(name, () => new Set()).add(host.name);
      const segment = policy.segments.get(name);
      const address = segment?.kind === "addresses" ? parseAddress(text) : undefined;
      if (segment?.kind !== "addresses" || address === undefined) continue;
      const at = positionOf(address, segment.ranges);
      if (at !== undefined) this.ranges.getOrInsertComputed(name, () => new Set()).add(at);
    }
  }
}

export function isCalledByPlace({ name, place }: Rule): boolean {
  return name === `${place.file}:${place.line}`;
}

/** The services that a rule names, and those that are in them. Rules that name the same have the same. */
export function servicesOfRules(policy: Policy): (rule: Rule) => readonly NamedService[] {
  const all = [...policy.services.values()];
  const found = new Map<string, readonly NamedService[]>();
  return ({ serviceText }) =>
    found.getOrInsertComputed(serviceText.join(" "), () => {
      const named = serviceText.flatMap((text) => policy.services.get(text) ?? []);
      return all.filter((one) =>
        named.some((wider) => wider === one || isEmptyService(subtractServices(one.service, wider.service))),
      );
    });
}

/** Ranges are sorted and disjoint. */
function positionOf(address: Address, ranges: readonly AddressRange[]): number | undefined {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range === undefined) return undefined;
    if (rangeContains(range, address)) return middle;
    if (compareAddresses(address, { family: range.family, value: range.first }) < 0) high = middle - 1;
    else low = middle + 1;
  }
  return undefined;
}
