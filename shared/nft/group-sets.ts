/** The sets of a host's ruleset: addresses of groups, cgroups of units, accounts. */

import { type Family, parseAddress } from "../net/address.ts";
import type { AddressesOf, Group, HostPolicy } from "../rules/host-policy.ts";
import { familyOfBlock } from "./block-family.ts";
import { quotable } from "./comment.ts";
import type { HostFacts } from "./facts.ts";
import { NameBook } from "./names.ts";
import type { AddressOperand, Element, SetNode } from "./ruleset.ts";

const LONGEST_SET_COMMENT = 120;
const FAMILIES: readonly Family[] = [4, 6];

/** One family's part of some addresses; without a family it is every address. */
export type Operand =
  | { readonly family: Family; readonly in: AddressOperand }
  | { readonly family: undefined };

/** The sets of one host, and how rules refer to them. */
export class SetCatalogue {
  readonly sets: readonly SetNode[];
  readonly #operands: ReadonlyMap<string, readonly Operand[]>;
  readonly #names: NameBook;
  readonly #levels: ReadonlyMap<string, readonly number[]>;

  constructor(policy: HostPolicy, facts: HostFacts) {
    this.#names = new NameBook();
    const groups = Object.entries(policy.groups).map(([id, group]) => {
      const sets = groupSets(this.#names, id, group, facts);
      return { id, sets };
    });
    const units = [...new Set(policy.rules.flatMap(({ local }) => local.unit ?? []))].sort();
    const users = [...new Set(policy.rules.flatMap(({ local }) => local.user ?? []))].sort();
    this.#operands = new Map(groups.map(({ id, sets }) => [id, sets.map(operandOf)]));
    this.#levels = new Map(units.map((unit) => [unit, levelsOf(unit, facts)]));
    this.sets = [
      ...groups.flatMap(({ sets }) => sets),
      ...units.flatMap((unit) => levelsOf(unit, facts).map((level) => this.#unitSet(unit, level, facts))),
      ...users.map((user) => this.#userSet(user, facts)),
    ];
  }

  /** The operands that together mean these addresses. */
  operands(addresses: AddressesOf): readonly Operand[] {
    if (addresses.kind === "any") return [{ family: undefined }];
    if (addresses.kind === "block")
      return [{ family: familyOfBlock(addresses.block), in: { block: addresses.block } }];
    return this.#operands.get(addresses.group) ?? [];
  }

  /** The sets of a unit's cgroups, one for each depth at which it has any. */
  unit(unit: string): readonly { readonly level: number; readonly set: string }[] {
    return (this.#levels.get(unit) ?? []).map((level) => ({
      level,
      set: this.#names.nameOf(`unit ${level} ${unit}`, unitName(unit, level)),
    }));
  }

  account(user: string): string {
    return this.#names.nameOf(`account ${user}`, `account_${user}`);
  }

  #unitSet(unit: string, level: number, facts: HostFacts): SetNode {
    const cgroups = own(facts.units, unit, []).filter((cgroup) => cgroup.level === level);
    return {
      kind: "set",
      name: this.#names.nameOf(`unit ${level} ${unit}`, unitName(unit, level)),
      type: "cgroupsv2",
      flags: [],
      elements: cgroups.map(({ path, id }) => ({ kind: "cgroup", path, id })),
      comment: quotable(`unit ${unit}`, LONGEST_SET_COMMENT),
    };
  }

  #userSet(user: string, facts: HostFacts): SetNode {
    const uid = own<number | undefined>(facts.users, user, undefined);
    return {
      kind: "set",
      name: this.#names.nameOf(`account ${user}`, `account_${user}`),
      type: "uid",
      flags: [],
      elements: uid === undefined ? [] : [{ kind: "uid", uid }],
      comment: quotable(`account ${user}`, LONGEST_SET_COMMENT),
    };
  }
}

/** Where most units are: below one slice. A unit that is not running is expected there. */
const USUAL_LEVEL = 2;

function levelsOf(unit: string, facts: HostFacts): readonly number[] {
  const levels = [...new Set(own(facts.units, unit, []).map(({ level }) => level))].sort((a, b) => a - b);
  return levels.length === 0 ? [USUAL_LEVEL] : levels;
}

function unitName(unit: string, level: number): string {
  return level === USUAL_LEVEL ? `unit_${unit}` : `unit_${unit}_${level}`;
}

function groupSets(names: NameBook, id: string, group: Group, facts: HostFacts): readonly SetNode[] {
  const elements = elementsOf(group, facts);
  const interval = elements.some(({ element }) => element.kind === "block");
  // The members of hosts and names come and go, so both families are always there; an author's blocks change with the text.
  const families =
    group.kind === "blocks"
      ? FAMILIES.filter((family) => elements.some((one) => one.family === family))
      : FAMILIES;
  const wish = groupName(group);
  return families.map((family) => ({
    kind: "set",
    name: names.nameOf(`group ${id} ${family}`, `${wish}_${family}`),
    type: family === 4 ? "ipv4_addr" : "ipv6_addr",
    flags: interval ? ["interval"] : [],
    elements: elements
      .filter((one) => one.family === family)
      .map(({ element }) => (interval ? asBlock(element) : element)),
    comment: quotable(groupWords(group), LONGEST_SET_COMMENT),
  }));
}

function groupName(group: Group): string {
  const same = group.kind === "hosts" ? Object.entries(group.same).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
  return [group.segment, ...same.flat()].join("_");
}

function groupWords(group: Group): string {
  const same = group.kind === "hosts" ? Object.entries(group.same).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
  const narrowed =
    same.length === 0 ? "" : ` with ${same.map(([label, value]) => `${label}=${value}`).join(", ")}`;
  return `segment ${group.segment}${narrowed}`;
}

function elementsOf(
  group: Group,
  facts: HostFacts,
): readonly { readonly family: Family; readonly element: Element }[] {
  switch (group.kind) {
    case "hosts":
      return group.members.map(addressElement);
    case "names":
      return [...new Set(group.names.flatMap((name) => own(facts.names, name, [])))].map(addressElement);
    case "blocks":
      return group.blocks.map((block) => ({
        family: familyOfBlock(block),
        element:
          parseAddress(block) === undefined ? { kind: "block", block } : { kind: "address", address: block },
      }));
  }
}

function addressElement(address: string): { readonly family: Family; readonly element: Element } {
  return { family: familyOfBlock(address), element: { kind: "address", address } };
}

function asBlock(element: Element): Element {
  return element.kind === "address" ? { kind: "block", block: element.address } : element;
}

function operandOf(set: SetNode): Operand {
  return { family: set.type === "ipv4_addr" ? 4 : 6, in: { set: set.name } };
}

/** A name such as `constructor` is not there just because every object has it. */
function own<Value>(record: Readonly<Record<string, Value>>, key: string, missing: Value): Value {
  return Object.hasOwn(record, key) ? (record[key] ?? missing) : missing;
}
