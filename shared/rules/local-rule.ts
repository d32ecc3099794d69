import { formatRange } from "../net/range.ts";
import { ANY, type Direction, type Endpoint, type Policy, type Rule } from "../policy/policy.ts";
import type { HostRecord } from "../segments/inventory.ts";
import { type GroupNames, type SameValues, sameValues } from "./groups.ts";
import type { AddressesOf, HostRule, LocalPart, RuleRef } from "./host-policy.ts";
import { endKey } from "./local-ends.ts";

/** One rule of the policy in one direction: what it asks of the hosts at its local end. */
export class LocalRule {
  readonly #policy: Policy;
  readonly #rule: Rule;
  readonly #direction: Direction;
  readonly #book: GroupNames;
  readonly #ref: RuleRef;
  readonly #labels: readonly string[];
  /** Equal rules of different hosts are one object. */
  readonly #made = new Map<string, HostRule>();
  /** Whether the ends name whole hosts, so that what stands depends on the values of `same` alone. */
  readonly #isWhole: boolean;
  /** The values of `same` -> what stands on every host that has them, where whole hosts are named. */
  readonly #standing = new Map<string, readonly HostRule[]>();

  constructor(policy: Policy, rule: Rule, direction: Direction, book: GroupNames) {
    this.#policy = policy;
    this.#rule = rule;
    this.#direction = direction;
    this.#book = book;
    this.#ref = refOf(rule);
    this.#labels = [...rule.same].sort();
    this.#isWhole = this.localEnds.every((end) => Object.keys(this.#partOf(end)).length === 0);
  }

  /** The endpoints that are judged on their own hosts. */
  get localEnds(): readonly Endpoint[] {
    return this.#direction === "egress" ? this.#rule.from : this.#rule.to;
  }

  /**
   * What a host judges by it: one rule for each part of the host that it names; none where it does not concern the host.
   * @param ends the keys of the endpoints that the host stands at.
   */
  standingOn(host: HostRecord, ends: ReadonlySet<string>): readonly HostRule[] {
    const same = sameValues(host, this.#labels);
    if (same === undefined) return [];
    const make = () =>
      this.#rulesFor(
        this.localEnds.filter((end) => ends.has(endKey(end))),
        same,
      );
    return this.#isWhole ? this.#standing.getOrInsertComputed(keyOf(same), make) : make();
  }

  #rulesFor(ends: readonly Endpoint[], same: SameValues): readonly HostRule[] {
    const peers = this.#peers(same);
    if (peers.length === 0) return [];
    return distinctParts(ends.map((end) => this.#partOf(end))).map((local) => this.#make(local, peers));
  }

  #make(local: LocalPart, peers: readonly AddressesOf[]): HostRule {
    const key = JSON.stringify([local, peers]);
    return this.#made.getOrInsertComputed(key, () => this.#hostRule(local, peers));
  }

  #hostRule(local: LocalPart, peers: readonly AddressesOf[]): HostRule {
    const { action, service, expires } = this.#rule;
    return {
      direction: this.#direction,
      action,
      rule: this.#ref,
      service,
      local,
      peers,
      ...(expires === undefined ? {} : { expires }),
    };
  }

  /**
   * The other end. What narrows it there is not seen from here: an `allow` goes by address alone, a `deny` is not judged at all. So a `deny`
   * whose other end is narrowed everywhere has no peers here, and does not stand.
   */
  #peers(same: SameValues): readonly AddressesOf[] {
    const ends = this.#direction === "egress" ? this.#rule.to : this.#rule.from;
    const seen = this.#rule.action === "deny" ? ends.filter((end) => !isNarrowed(end)) : ends;
    const peers = seen.map((end) => this.#addressesOf(end, same));
    const everything = peers.find(({ kind }) => kind === "any");
    return everything === undefined ? distinct(peers) : [everything];
  }

  #addressesOf(end: Endpoint, same: SameValues): AddressesOf {
    if (end.kind === "addresses") return { kind: "block", block: formatRange(end.range) };
    if (end.segment === ANY) return { kind: "any" };
    return { kind: "group", group: this.#book.idOf(end.segment, same) };
  }

  /** The part of a host that an end names, for a host that stands at it. */
  #partOf(end: Endpoint): LocalPart {
    if (end.kind === "addresses") return { within: this.#addressesOf(end, []) };
    if (this.#policy.segments.get(end.segment)?.kind === "addresses")
      return { within: this.#addressesOf(end, []) };
    const user = this.#direction === "egress" ? end.user : undefined;
    return { ...(end.unit === undefined ? {} : { unit: end.unit }), ...(user === undefined ? {} : { user }) };
  }
}

function refOf({ name, place, note }: Rule): RuleRef {
  return { name, file: place.file, line: place.line, ...(note === undefined ? {} : { note }) };
}

function keyOf(same: SameValues): string {
  return same.length === 0 ? "" : JSON.stringify(same);
}

function isNarrowed(end: Endpoint): boolean {
  return end.kind === "segment" && (end.unit !== undefined || end.user !== undefined);
}

/** Without those that another one holds: a whole host holds each of its units. */
function distinctParts(parts: readonly LocalPart[]): readonly LocalPart[] {
  const unequal = distinct(parts);
  return unequal.filter((part) => !unequal.some((other) => other !== part && holds(other, part)));
}

function holds(wider: LocalPart, narrower: LocalPart): boolean {
  return (
    (wider.within === undefined || JSON.stringify(wider.within) === JSON.stringify(narrower.within)) &&
    (wider.unit === undefined || wider.unit === narrower.unit) &&
    (wider.user === undefined || wider.user === narrower.user)
  );
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
