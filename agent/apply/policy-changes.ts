/** What differs between two policies of one host, in the policy's own nouns. */

import { formatService } from "@bulkhead/shared/net/service.ts";
import type { Action, Direction, Modes } from "@bulkhead/shared/policy/policy.ts";
import { canonicalJson } from "@bulkhead/shared/rules/canonical-json.ts";
import type {
  AddressesOf,
  Group,
  HostPolicy,
  HostRule,
  RuleRef,
} from "@bulkhead/shared/rules/host-policy.ts";

export interface PolicyChanges {
  /** Absent where the modes stay. */
  readonly modes?: { readonly from: Modes; readonly to: Modes };
  readonly rules: {
    readonly added: readonly RuleLine[];
    readonly removed: readonly RuleLine[];
    readonly changed: readonly RuleLine[];
    /** Rules that only stand elsewhere in the text now. */
    readonly moved: number;
  };
  readonly members: readonly GroupChange[];
}

/** A rule as this host enforces it, in words. */
export interface RuleLine {
  readonly direction: Direction;
  readonly action: Action;
  readonly rule: RuleRef;
  readonly services: readonly string[];
  /** Segments, parts of them (`web[env=prod]`), blocks, or `any`. */
  readonly peers: readonly string[];
  readonly unit?: string;
  readonly user?: string;
  readonly expires?: string;
}

/** Members that a group gained and lost; a group that only one of the two policies names is not in it. */
export interface GroupChange {
  readonly group: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const NO_RULES: Pick<HostPolicy, "rules" | "groups"> = { rules: [], groups: {} };

/** Without a policy before, everything is added. */
export function policyChanges(from: HostPolicy | undefined, to: HostPolicy): PolicyChanges {
  const old = from ?? NO_RULES;
  const modes =
    from !== undefined && canonicalJson(from.modes) !== canonicalJson(to.modes)
      ? { modes: { from: from.modes, to: to.modes } }
      : {};
  return { ...modes, rules: ruleChanges(old.rules, to.rules), members: memberChanges(old.groups, to.groups) };
}

export function isUnchanged({ modes, rules, members }: PolicyChanges): boolean {
  const { added, removed, changed, moved } = rules;
  return (
    modes === undefined &&
    members.length === 0 &&
    added.length + removed.length + changed.length + moved === 0
  );
}

function ruleChanges(from: readonly HostRule[], to: readonly HostRule[]): PolicyChanges["rules"] {
  const old = byRule(from);
  const next = byRule(to);
  const removed = [...old].filter(([key]) => !next.has(key)).map(([, rules]) => rules);
  const added = [...next].filter(([key]) => !old.has(key)).map(([, rules]) => rules);
  const both = [...next].flatMap(([key, rules]) => {
    const before = old.get(key);
    return before === undefined ? [] : [{ before, rules }];
  });
  const changed = both.filter(({ before, rules }) => meaningOf(before) !== meaningOf(rules));
  const place = both.filter(
    ({ before, rules }) => meaningOf(before) === meaningOf(rules) && placeOf(before) !== placeOf(rules),
  );
  const renamed = pairs(removed, added);
  return {
    added: added.filter((rules) => !renamed.has(rules)).flatMap(lines),
    removed: removed.filter((rules) => !renamed.has(rules)).flatMap(lines),
    changed: changed.flatMap(({ rules }) => lines(rules)),
    moved: place.length + renamed.size / 2,
  };
}

/** A rule of the policy is several here where it names several parts of the host. */
function byRule(rules: readonly HostRule[]): ReadonlyMap<string, readonly HostRule[]> {
  return Map.groupBy(rules, ({ direction, rule }) => `${direction} ${rule.name}`);
}

/** Rules without a name are called by their place: one that moved is not another one. Gives both halves of each pair. */
function pairs(removed: readonly (readonly HostRule[])[], added: readonly (readonly HostRule[])[]) {
  const free = Map.groupBy(added, meaningOf);
  const paired = new Set<readonly HostRule[]>();
  for (const rules of removed) {
    const twin = free.get(meaningOf(rules))?.shift();
    if (twin !== undefined) paired.add(rules).add(twin);
  }
  return paired;
}

function meaningOf(rules: readonly HostRule[]): string {
  return canonicalJson(rules.map(({ rule: _, ...meaning }) => meaning));
}

function placeOf(rules: readonly HostRule[]): string {
  return canonicalJson(rules.map(({ rule }) => rule));
}

function lines(rules: readonly HostRule[]): readonly RuleLine[] {
  return rules.map(({ direction, action, rule, service, local, peers, expires }) => ({
    direction,
    action,
    rule,
    services: formatService(service),
    peers: peers.map(peerName),
    ...(local.unit !== undefined && { unit: local.unit }),
    ...(local.user !== undefined && { user: local.user }),
    ...(expires !== undefined && { expires: new Date(expires).toISOString() }),
  }));
}

function peerName(peer: AddressesOf): string {
  switch (peer.kind) {
    case "any":
      return "any";
    case "group":
      return peer.group;
    case "block":
      return peer.block;
  }
}

function memberChanges(from: HostPolicy["groups"], to: HostPolicy["groups"]): readonly GroupChange[] {
  return Object.entries(to).flatMap(([group, next]) => {
    const old = from[group];
    if (old === undefined) return [];
    const before = new Set(membersOf(old));
    const after = new Set(membersOf(next));
    const added = [...after.difference(before)];
    const removed = [...before.difference(after)];
    return added.length + removed.length === 0 ? [] : [{ group, added, removed }];
  });
}

function membersOf(group: Group): readonly string[] {
  switch (group.kind) {
    case "hosts":
      return group.members;
    case "blocks":
      return group.blocks;
    case "names":
      return group.names;
  }
}
