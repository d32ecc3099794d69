import type { Direction } from "../policy/policy.ts";
import { stands } from "./expiry.ts";
import type { AddressesOf, Group, HostPolicy, HostRule } from "./host-policy.ts";

/** Gives equal numbers, from 1 on, to equal texts. */
export type Numbering = (text: string) => number;

export function numbering(): Numbering {
  const numbers = new Map<string, number>();
  return (text) => numbers.getOrInsertComputed(text, () => numbers.size + 1);
}

/** Tells whether two hosts judge alike, of one policy or of two: by content, not by names, order or places of rules. */
export class Fingerprints {
  readonly #now: number | undefined;
  readonly #number: Numbering;
  readonly #groups = new Map<Group, number>();
  readonly #rules = new Map<HostRule, number>();
  readonly #policies = new Map<readonly HostRule[], Map<string, number>>();

  constructor(number: Numbering, now: number | undefined) {
    this.#number = number;
    this.#now = now;
  }

  of(policy: HostPolicy, direction: Direction): number {
    const mode = policy.modes[direction];
    return this.#policies
      .getOrInsertComputed(policy.rules, () => new Map())
      .getOrInsertComputed(`${direction} ${mode}`, () => {
        const rules = mode === "off" ? [] : policy.rules.filter((rule) => rule.direction === direction);
        const standing = rules.filter((rule) => stands(rule, this.#now));
        const numbers = new Set(standing.map((rule) => this.#numberOf(rule, policy.groups)));
        return this.#number(`${mode} ${[...numbers].sort((a, b) => a - b).join(" ")}`);
      });
  }

  #numberOf(rule: HostRule, groups: HostPolicy["groups"]): number {
    return this.#rules.getOrInsertComputed(rule, () => {
      const { direction, action, service, local, peers } = rule;
      const contents = (some: readonly AddressesOf[]) =>
        some.map((one) => this.#contentOf(one, groups)).sort();
      const within = local.within === undefined ? [] : contents([local.within]);
      const process = [local.unit ?? null, local.user ?? null];
      return this.#number(JSON.stringify([direction, action, service, process, within, contents(peers)]));
    });
  }

  #contentOf(addresses: AddressesOf, groups: HostPolicy["groups"]): string {
    if (addresses.kind !== "group") return JSON.stringify(addresses);
    const group = Object.hasOwn(groups, addresses.group) ? groups[addresses.group] : undefined;
    if (group === undefined) return "missing";
    return `#${this.#groups.getOrInsertComputed(group, () => this.#number(JSON.stringify(membersOf(group))))}`;
  }
}

function membersOf(group: Group): readonly unknown[] {
  switch (group.kind) {
    case "hosts":
      return ["hosts", ...group.members];
    case "blocks":
      return ["blocks", ...group.blocks];
    case "names":
      return ["names", ...group.names];
  }
}
