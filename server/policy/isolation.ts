/**
 * Hosts that are cut off from everything but the server and the places from which they are managed. Whoever is isolated may be in an intruder's hands, and its kernel with
 * it: so it is told to refuse everybody, and everybody is told to refuse it.
 */

import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { parseRange, rangeContains } from "@bulkhead/shared/net/range.ts";
import { PROTOCOLS, type Service, subtractServices } from "@bulkhead/shared/net/service.ts";
import type { Host } from "@bulkhead/shared/policy/policy.ts";
import type { AddressesOf, HostPolicy, HostRule, RuleRef } from "@bulkhead/shared/rules/host-policy.ts";

/** The name of the rules that isolation consists of, where verdicts name rules. */
export const ISOLATION = "isolation";

/** Where agents reach the server: a machine that may be a host of the estate as well. */
export interface OwnEnd {
  readonly addresses: readonly string[];
  readonly port: number;
}

export class Isolation {
  readonly #own: () => OwnEnd | undefined;
  /** As it was when it was looked up last. */
  #end: OwnEnd | undefined;
  /** Host -> blocks from which it may still be managed. */
  readonly #isolated = new Map<string, readonly string[]>();
  /** Hosts at which the same rules stand go on sharing them. */
  readonly #guarded = new WeakMap<readonly HostRule[], Map<string, readonly HostRule[]>>();

  constructor(own: () => OwnEnd | undefined = () => undefined) {
    this.#own = own;
  }

  has(host: string): boolean {
    return this.#isolated.has(host);
  }

  /** @param management canonical blocks. The agent's own connection to its server is never judged, and so need not be among them. */
  begin(host: string, management: readonly string[]): void {
    this.#isolated.set(host, management);
    this.#end = undefined;
  }

  end(host: string): void {
    this.#isolated.delete(host);
  }

  /** What a host is to enforce, given its policy otherwise. */
  applied(
    { name, addresses }: Host,
    policy: HostPolicy | undefined,
    hosts: ReadonlyMap<string, Host>,
  ): HostPolicy | undefined {
    const management = this.#isolated.get(name);
    if (management !== undefined) return alone(name, addresses, management);
    if (policy === undefined || this.#isolated.size === 0) return policy;
    const refused = [...this.#isolated.keys()].sort().flatMap((isolated) => {
      const host = hosts.get(isolated);
      return host === undefined || isManagedFrom(addresses, this.#isolated.get(isolated) ?? []) ? [] : [host];
    });
    if (refused.length === 0) return policy;
    return { ...policy, rules: this.#guard(policy.rules, refused, this.#refusedService(addresses)) };
  }

  /** On the server's own machine an isolated host still reaches its server. */
  #refusedService(addresses: readonly string[]): Service {
    this.#end ??= this.#own();
    const own = this.#end;
    if (own === undefined || !addresses.some((address) => own.addresses.includes(address))) return "all";
    return subtractServices("all", [{ protocol: PROTOCOLS.tcp, low: own.port, high: own.port }]);
  }

  #guard(rules: readonly HostRule[], refused: readonly Host[], service: Service): readonly HostRule[] {
    const key = JSON.stringify([refused.map(({ name, addresses }) => [name, addresses]), service === "all"]);
    return this.#guarded
      .getOrInsertComputed(rules, () => new Map())
      .getOrInsertComputed(key, () => [...refused.flatMap((host) => against(host, service)), ...rules]);
  }
}

/** An isolated host itself refuses everything but its management. */
function alone(host: string, addresses: readonly string[], management: readonly string[]): HostPolicy {
  const peers: readonly AddressesOf[] = management.map((block) => ({ kind: "block", block }));
  const rule = (direction: HostRule["direction"]): HostRule => ({
    ...{ direction, action: "allow", rule: named("an operator has isolated this host") },
    ...{ service: "all", local: {}, peers },
  });
  return {
    formatVersion: 1,
    host,
    addresses,
    modes: { ingress: "enforce", egress: "enforce" },
    groups: {},
    rules: peers.length === 0 ? [] : [rule("ingress"), rule("egress")],
  };
}

/** All others refuse it, in both directions. */
function against({ name, addresses }: Host, service: Service): readonly HostRule[] {
  const peers: readonly AddressesOf[] = addresses.map((block) => ({ kind: "block", block }));
  if (peers.length === 0) return [];
  const rule = (direction: HostRule["direction"]): HostRule => ({
    ...{ direction, action: "deny", rule: named(`an operator has isolated ${name}`) },
    ...{ service, local: {}, peers },
  });
  return [rule("ingress"), rule("egress")];
}

function named(note: string): RuleRef {
  return { name: ISOLATION, file: ISOLATION, line: 0, note };
}

function isManagedFrom(addresses: readonly string[], management: readonly string[]): boolean {
  const ranges = management.map(parseRange).filter((range) => "family" in range);
  return addresses.some((text) => {
    const address = parseAddress(text);
    return address !== undefined && ranges.some((range) => rangeContains(range, address));
  });
}
