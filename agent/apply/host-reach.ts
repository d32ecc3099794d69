/** What becomes possible and what stops being possible on one host between two of its policies. */

import { AddressSet } from "@bulkhead/shared/net/address-set.ts";
import { parseRange } from "@bulkhead/shared/net/range.ts";
import {
  isEmptyService,
  type Service,
  subtractServices,
  unionServices,
} from "@bulkhead/shared/net/service.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { AddressesOf, HostPolicy, HostRule, LocalPart } from "@bulkhead/shared/rules/host-policy.ts";
import { addressClasses } from "./address-classes.ts";
import type { Known } from "./cut.ts";

/** Who may (or may no longer) talk to this host, or whom it may talk to, and by what. */
export interface HostReach {
  readonly direction: Direction;
  readonly peers: AddressSet;
  readonly services: Service;
  /** The part of this host that it is about; `{}` for all of it. */
  readonly local: LocalPart;
}

export interface ReachChanges {
  readonly gained: readonly HostReach[];
  readonly lost: readonly HostReach[];
}

/** Where nothing was enforced before, everything was possible. `now` in milliseconds since 1970-01-01T00:00Z. */
export function reachChanges(from: Known | undefined, to: Known, now: number): ReachChanges {
  const before = from === undefined ? undefined : new HostView(from, now);
  const after = new HostView(to, now);
  const classes = addressClasses(new Map([...(before?.sets ?? []), ...after.sets]));
  const gained = new Collection();
  const lost = new Collection();
  for (const direction of ["ingress", "egress"] as const)
    for (const { inside, addresses } of classes)
      for (const local of partsOf([...(before?.rules ?? []), ...after.rules], direction)) {
        const was = before === undefined ? "all" : before.allowed(direction, inside, local);
        const is = after.allowed(direction, inside, local);
        gained.add({ direction, peers: addresses, services: subtractServices(is, was), local });
        lost.add({ direction, peers: addresses, services: subtractServices(was, is), local });
      }
  return { gained: gained.merged(), lost: lost.merged() };
}

/** A policy of a host, asked for what it lets through. */
class HostView {
  readonly rules: readonly HostRule[];
  /** Every set of addresses that a rule names, by a key that equal sets share. */
  readonly sets: ReadonlyMap<string, AddressSet>;
  readonly #policy: HostPolicy;
  readonly #keys: ReadonlyMap<HostRule, readonly string[]>;

  constructor({ policy, facts }: Known, now: number) {
    this.#policy = policy;
    this.rules = policy.rules.filter(({ expires }) => expires === undefined || expires > now);
    const sets = new Map<string, AddressSet>();
    const keyOf = (peer: AddressesOf) => {
      const key = JSON.stringify(peer.kind === "group" ? (policy.groups[peer.group] ?? null) : peer);
      if (!sets.has(key)) sets.set(key, addressesOf(peer, { policy, facts }));
      return key;
    };
    this.#keys = new Map(this.rules.map((rule) => [rule, rule.peers.map(keyOf)]));
    this.sets = sets;
  }

  /** The services that pass between this part of the host and addresses that are in exactly these sets. */
  allowed(direction: Direction, inside: ReadonlySet<string>, local: LocalPart): Service {
    if (this.#policy.modes[direction] !== "enforce") return "all";
    const matching = this.rules.filter(
      (rule) =>
        rule.direction === direction &&
        concerns(rule.local, local) &&
        this.#keys.get(rule)?.some((key) => inside.has(key)),
    );
    const of = (action: HostRule["action"]) =>
      unionServices(...matching.filter((rule) => rule.action === action).map(({ service }) => service));
    return subtractServices(of("allow"), of("deny"));
  }
}

/** The addresses that a rule's peer stands for on this host. */
export function addressesOf(peer: AddressesOf, { policy, facts }: Known): AddressSet {
  if (peer.kind === "any") return AddressSet.everything;
  if (peer.kind === "block") return setOf([peer.block]);
  const group = policy.groups[peer.group];
  switch (group?.kind) {
    case "hosts":
      return setOf(group.members);
    case "blocks":
      return setOf(group.blocks);
    case "names":
      return setOf(group.names.flatMap((name) => facts.names[name] ?? []));
    case undefined:
      return AddressSet.empty;
  }
}

function setOf(texts: readonly string[]): AddressSet {
  return AddressSet.of(texts.map(parseRange).flatMap((range) => ("problem" in range ? [] : range)));
}

/** The parts of this host that rules of this direction name: the whole, and each narrower one. */
function partsOf(rules: readonly HostRule[], direction: Direction): readonly LocalPart[] {
  const narrow = rules.filter((rule) => rule.direction === direction).map(({ local }) => local);
  return [...new Map([{}, ...narrow].map((local) => [JSON.stringify(local), local])).values()];
}

/** Whether a rule for this part is a rule for that one, which is no wider. */
function concerns(rule: LocalPart, { unit, user, within }: LocalPart): boolean {
  return (
    (rule.unit === undefined || rule.unit === unit) &&
    (rule.user === undefined || rule.user === user) &&
    (rule.within === undefined || JSON.stringify(rule.within) === JSON.stringify(within))
  );
}

/** Puts together what is alike, and leaves out of the parts what is said of the whole. */
class Collection {
  readonly #found = new Map<string, HostReach>();
  #whole: HostReach | undefined;

  /** The whole host comes before its parts. */
  add(reach: HostReach): void {
    const isWhole = Object.keys(reach.local).length === 0;
    if (isWhole) this.#whole = reach;
    const services = isWhole ? reach.services : subtractServices(reach.services, this.#whole?.services ?? []);
    if (isEmptyService(services)) return;
    const key = JSON.stringify([reach.direction, services, reach.local]);
    const same = this.#found.get(key);
    const peers = same === undefined ? reach.peers : same.peers.union(reach.peers);
    this.#found.set(key, { ...reach, services, peers });
  }

  merged(): readonly HostReach[] {
    return [...this.#found.values()];
  }
}
