/** The rules of one host, made ready to be asked many times. */

import { AddressSet } from "../net/address-set.ts";
import { type AddressRange, parseRange } from "../net/range.ts";
import { serviceHas } from "../net/service.ts";
import type { Action, Direction } from "../policy/policy.ts";
import type { FlowEnd, LocalFlow } from "./flow-end.ts";
import type { AddressesOf, Group, HostPolicy, HostRule } from "./host-policy.ts";
import { Cuts, pointOf } from "./service-line.ts";

type Holds = (end: FlowEnd) => boolean;

interface ReadyRule {
  readonly rule: HostRule;
  readonly peer: Holds;
  readonly within: Holds;
}

type Candidates = Readonly<Record<Action, readonly ReadyRule[]>>;

/** Both live as long as the groups that they were made from. */
const matchers = new WeakMap<HostPolicy["groups"], Matcher>();
const groupTests = new WeakMap<Group, Holds>();

export class Matcher {
  readonly rules: readonly HostRule[];
  readonly #ready: readonly ReadyRule[];
  readonly #cuts: Cuts;
  /** First point of a piece of the line of services -> the rules that are for it, in order; made when first asked for. */
  readonly #candidates: Readonly<Record<Direction, Map<number, Candidates>>> = {
    ingress: new Map(),
    egress: new Map(),
  };

  constructor(rules: readonly HostRule[], groups: HostPolicy["groups"]) {
    this.rules = rules;
    this.#ready = rules.map((rule) => readyRule(rule, groups));
    this.#cuts = new Cuts(rules.map(({ service }) => service));
  }

  /** The first rule with this action that matches the flow. */
  first(action: Action, flow: LocalFlow): HostRule | undefined {
    for (const ready of this.#candidatesFor(flow)[action]) if (matches(ready, flow)) return ready.rule;
    return undefined;
  }

  /** The rules that would allow the flow, were it another process of this host or another time. */
  nearMisses(flow: LocalFlow): readonly HostRule[] {
    return this.#candidatesFor(flow)
      .allow.filter(({ within, peer }) => within(flow.local) && peer(flow.peer))
      .map(({ rule }) => rule);
  }

  #candidatesFor({ direction, protocol, number }: LocalFlow): Candidates {
    const start = this.#cuts.startOf(pointOf(protocol, number));
    return this.#candidates[direction].getOrInsertComputed(start, () => {
      const those = this.#ready.filter(
        ({ rule }) => rule.direction === direction && serviceHas(rule.service, protocol, number),
      );
      return {
        allow: those.filter(({ rule }) => rule.action === "allow"),
        deny: those.filter(({ rule }) => rule.action === "deny"),
      };
    });
  }
}

/** The matcher of a host policy; hosts that share rules and groups share it. */
export function matcherOf({ groups, rules }: HostPolicy): Matcher {
  const known = matchers.get(groups);
  if (known?.rules === rules) return known;
  const matcher = new Matcher(rules, groups);
  matchers.set(groups, matcher);
  return matcher;
}

function matches({ rule, within, peer }: ReadyRule, flow: LocalFlow): boolean {
  const { local, expires } = rule;
  if (local.unit !== undefined && local.unit !== flow.unit) return false;
  if (local.user !== undefined && local.user !== flow.user) return false;
  if (expires !== undefined && flow.now !== undefined && expires <= flow.now) return false;
  return within(flow.local) && peer(flow.peer);
}

function readyRule(rule: HostRule, groups: HostPolicy["groups"]): ReadyRule {
  const { within } = rule.local;
  assertKnown(rule, groups);
  const tests = rule.peers.map((peer) => testOf(peer, groups));
  const [first = nothing, ...more] = tests;
  return {
    rule,
    peer: more.length === 0 ? first : (end) => tests.some((test) => test(end)),
    within: within === undefined ? everything : testOf(within, groups),
  };
}

/** Missing means closed: an `allow` for a group that is missing matches nothing, a `deny` must not be lost. */
function assertKnown({ action, rule, peers }: HostRule, groups: HostPolicy["groups"]): void {
  if (action === "allow") return;
  for (const peer of peers)
    if (peer.kind === "group" && !Object.hasOwn(groups, peer.group))
      throw new RangeError(`the rule ${rule.name} denies the group '${peer.group}', which is missing`);
}

function testOf(addresses: AddressesOf, groups: HostPolicy["groups"]): Holds {
  switch (addresses.kind) {
    case "any":
      return everything;
    case "block":
      return blocksTest([addresses.block]);
    case "group": {
      const group = Object.hasOwn(groups, addresses.group) ? groups[addresses.group] : undefined;
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

const everything: Holds = () => true;
const nothing: Holds = () => false;
