import { AddressSet } from "../net/address-set.ts";
import { type AddressRange, parseRange } from "../net/range.ts";
import { stands } from "./expiry.ts";
import type { FlowEnd, LocalFlow } from "./flow-end.ts";
import type { AddressesOf, Group, HostPolicy, HostRule, HostsGroup } from "./host-policy.ts";
import { type Membership, membershipOf } from "./membership.ts";

/** So few rules are asked one by one sooner than found by the groups of the other end. */
const FEW = 8;

/** Rules of one host that differ in their ends only, found by the other end of a flow: the cost follows what that end is a member of. */
export class Candidates {
  readonly #groups: HostPolicy["groups"];
  readonly #membership: Membership;
  readonly #byGroup = new Map<HostsGroup, Candidate[]>();
  readonly #areFew: boolean;
  readonly #tests: readonly Tested[];

  /** @param rules in the policy's order. */
  constructor(rules: readonly HostRule[], groups: HostPolicy["groups"]) {
    this.#groups = groups;
    this.#membership = membershipOf(groups);
    this.#areFew = rules.length <= FEW;
    const byTest = new Map<string, Tested>();
    rules.forEach((rule, order) => {
      const { within } = rule.local;
      const candidate = { rule, order, within: within === undefined ? everything : testOf(within, groups) };
      for (const peer of rule.peers) this.#add(candidate, peer, byTest);
    });
    this.#tests = [...byTest.values()];
  }

  /** The first rule that matches the flow. */
  first(flow: LocalFlow): HostRule | undefined {
    let first: Candidate | undefined;
    for (const group of this.#groupsOf(flow.peer)) first = earlier(first, this.#byGroup.get(group), flow);
    for (const { holds, candidates } of this.#tests)
      if (holds(flow.peer)) first = earlier(first, candidates, flow);
    return first?.rule;
  }

  /** In order, all that would match the flow, were it another process or another time. */
  betweenItsEnds({ local, peer }: Pick<LocalFlow, "local" | "peer">): readonly HostRule[] {
    const found = new Set<Candidate>();
    for (const group of this.#groupsOf(peer))
      for (const candidate of this.#byGroup.get(group) ?? []) found.add(candidate);
    for (const { holds, candidates } of this.#tests)
      if (holds(peer)) for (const candidate of candidates) found.add(candidate);
    return [...found]
      .filter(({ within }) => within(local))
      .sort((a, b) => a.order - b.order)
      .map(({ rule }) => rule);
  }

  #groupsOf(peer: FlowEnd): readonly HostsGroup[] {
    return this.#byGroup.size === 0 ? [] : this.#membership.groupsOf(peer.text);
  }

  #add(candidate: Candidate, peer: AddressesOf, byTest: Map<string, Tested>): void {
    const group = peer.kind === "group" ? groupAt(this.#groups, peer.group) : undefined;
    if (group?.kind === "hosts" && !this.#areFew)
      this.#byGroup.getOrInsertComputed(group, () => []).push(candidate);
    else
      byTest
        .getOrInsertComputed(JSON.stringify(peer), () => ({
          holds: testOf(peer, this.#groups),
          candidates: [],
        }))
        .candidates.push(candidate);
  }
}

type Holds = (end: FlowEnd) => boolean;

interface Candidate {
  readonly rule: HostRule;
  readonly order: number;
  readonly within: Holds;
}

interface Tested {
  readonly holds: Holds;
  readonly candidates: Candidate[];
}

/** `best`, or one of these that comes before it and matches. */
function earlier(
  best: Candidate | undefined,
  candidates: readonly Candidate[] | undefined,
  flow: LocalFlow,
): Candidate | undefined {
  if (candidates === undefined) return best;
  for (const candidate of candidates) {
    if (best !== undefined && best.order <= candidate.order) return best;
    if (matchesHere(candidate, flow)) return candidate;
  }
  return best;
}

function matchesHere({ rule, within }: Candidate, flow: LocalFlow): boolean {
  const { local } = rule;
  if (local.unit !== undefined && local.unit !== flow.unit) return false;
  if (local.user !== undefined && local.user !== flow.user) return false;
  return stands(rule, flow.now) && within(flow.local);
}

const groupTests = new WeakMap<Group, Holds>();

function testOf(addresses: AddressesOf, groups: HostPolicy["groups"]): Holds {
  switch (addresses.kind) {
    case "any":
      return everything;
    case "block":
      return blocksTest([addresses.block]);
    case "group": {
      const group = groupAt(groups, addresses.group);
      return group === undefined ? nothing : groupTests.getOrInsertComputed(group, groupTest);
    }
  }
}

function groupTest(group: Group): Holds {
  switch (group.kind) {
    case "hosts": {
      const members = new Set(group.members);
      return (end) => members.has(end.text);
    }
    case "blocks":
      return blocksTest(group.blocks);
    case "names": {
      const names = new Set(group.names);
      return (end) => end.names.some((name) => names.has(name));
    }
  }
}

function blocksTest(blocks: readonly string[]): Holds {
  const set = AddressSet.of(blocks.flatMap(readBlock));
  return (end) => end.address !== undefined && set.has(end.address);
}

function readBlock(block: string): readonly AddressRange[] {
  const range = parseRange(block);
  return "problem" in range ? [] : [range];
}

function groupAt(groups: HostPolicy["groups"], id: string): Group | undefined {
  return Object.hasOwn(groups, id) ? groups[id] : undefined;
}

const everything: Holds = () => true;
const nothing: Holds = () => false;
