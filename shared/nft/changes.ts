/** The difference between two rulesets where only members differ, which need not go through nft. */

import type { HostPolicy } from "../rules/host-policy.ts";
import { ABOUT } from "./about.ts";
import { renderElementKey } from "./element-key.ts";
import type { ChainNode, MemberChanges, Ruleset, SetChange, SetNode, Stamp } from "./ruleset.ts";
import { CURRENT, PERMIT } from "./stamp-chains.ts";

/** What turns one into the other; undefined where more differs than members of plain sets, the stamp and what the table says of itself. */
export function memberChanges(from: Ruleset, to: Ruleset): MemberChanges | undefined {
  if (frameOf(from) !== frameOf(to)) return undefined;
  const changed = to.sets.flatMap((set, at) => {
    const before = from.sets[at];
    return before === undefined ? [] : [{ set, ...difference(before, set) }];
  });
  if (changed.some(({ set, add, remove }) => set.flags.length > 0 && add.length + remove.length > 0))
    return undefined;
  const stamp = stampOf(to);
  const renewed = stamp !== undefined && stamp.value !== stampOf(from)?.value;
  const about = aboutOf(to);
  return {
    add: changed.flatMap(({ set, add }) => setChange(set, add)),
    remove: changed.flatMap(({ set, remove }) => setChange(set, remove)),
    ...(renewed ? { stamp } : {}),
    ...(about !== undefined && about !== aboutOf(from) ? { about } : {}),
  };
}

/** Everything else, so that equal frames are equal texts. */
function frameOf({ sets, chains }: Ruleset): string {
  const frames = sets.map(({ name, type, flags, comment }) => [name, type, flags, comment]);
  return JSON.stringify([frames, chains.filter((chain) => !isRefilled(chain)), maskOf(chains)]);
}

/** Netlink refills these chains (agent/kernel/netlink/stamp-rules.ts). */
function isRefilled({ name }: ChainNode): boolean {
  return name === CURRENT || name === PERMIT || name === ABOUT;
}

function aboutOf({ chains }: Ruleset): string | undefined {
  return chains.find(({ name }) => name === ABOUT)?.rules[0]?.comment;
}

function maskOf(chains: readonly ChainNode[]): number | undefined {
  return stampOf({ sets: [], chains })?.mask;
}

/** The stamp that a ruleset gives to what it accepts. */
export function stampOf({ chains }: Ruleset): Stamp | undefined {
  const statements =
    chains.find(({ name }) => name === PERMIT)?.rules.flatMap((rule) => rule.statements) ?? [];
  for (const statement of statements) if (statement.kind === "stamp") return statement.stamp;
  return undefined;
}

function difference(from: SetNode, to: SetNode) {
  const before = new Map(from.elements.map((element) => [renderElementKey(element), element]));
  const after = new Map(to.elements.map((element) => [renderElementKey(element), element]));
  return {
    add: [...after].flatMap(([key, element]) => (before.has(key) ? [] : [element])),
    remove: [...before].flatMap(([key, element]) => (after.has(key) ? [] : [element])),
  };
}

function setChange({ name, type }: SetNode, elements: SetChange["elements"]): readonly SetChange[] {
  return elements.length === 0 ? [] : [{ set: name, type, elements }];
}

/**
 * Whether some flow that the first policy allows may be denied by the second, where they differ in the members of groups only; false is certain.
 * Anything else that differs counts as taking away.
 */
export function takesAway(from: HostPolicy, to: HostPolicy): boolean {
  if (rulesText(from) !== rulesText(to)) return true;
  return Object.entries(to.groups).some(([id, group]) => {
    const before = new Set(Object.hasOwn(from.groups, id) ? membersOf(from.groups[id]) : []);
    const after = new Set(membersOf(group));
    const left = [...before].some((member) => !after.has(member));
    const joined = [...after].some((member) => !before.has(member));
    return (left && isUsed(to, id, "allow")) || (joined && isUsed(to, id, "deny"));
  });
}

/**
 * Whether a packet that is judged while the members change could slip through between an element that is not there yet and one that is gone already: somebody joins what a rule denies, and that is
 * not all. Then the whole table is written, which takes no packet halfway (overtaken.ts).
 */
export function needsWholeTable(from: HostPolicy, to: HostPolicy): boolean {
  const changes = Object.entries(to.groups).map(([id, group]) => {
    const before = new Set(Object.hasOwn(from.groups, id) ? membersOf(from.groups[id]) : []);
    const after = new Set(membersOf(group));
    return { id, joined: after.difference(before).size, left: before.difference(after).size };
  });
  return (
    changes.some(({ id, joined }) => joined > 0 && isUsed(to, id, "deny")) &&
    changes.some(({ id, joined, left }) => left > 0 || (joined > 0 && isUsed(to, id, "allow")))
  );
}

function rulesText({ rules, modes, groups }: HostPolicy): string {
  return JSON.stringify([rules, modes, Object.keys(groups)]);
}

function membersOf(group: HostPolicy["groups"][string] | undefined): readonly string[] {
  switch (group?.kind) {
    case "hosts":
      return group.members;
    case "blocks":
      return group.blocks;
    case "names":
      return group.names;
    case undefined:
      return [];
  }
}

function isUsed({ rules }: HostPolicy, id: string, action: "allow" | "deny"): boolean {
  return rules.some(
    (rule) =>
      rule.action === action &&
      [...rule.peers, ...(rule.local.within === undefined ? [] : [rule.local.within])].some(
        (addresses) => addresses.kind === "group" && addresses.group === id,
      ),
  );
}
