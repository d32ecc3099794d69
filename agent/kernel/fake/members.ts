/** Changes of members and of the stamp in a fake table. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { ABOUT } from "@bulkhead/shared/nft/about.ts";
import type { Element, MemberChanges, SetChange, Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import { CURRENT, PERMIT } from "@bulkhead/shared/nft/stamp-chains.ts";
import { type FakeSet, type FakeTable, withEntry } from "./table.ts";

/** The table after these changes. Throws `kernel/netlink-refused` as the real room does. */
export function changeMembers(table: FakeTable | undefined, changes: MemberChanges): FakeTable {
  if (table === undefined) throw refused("the table is not there");
  const less = changes.remove.reduce((sets, change) => changeSet(sets, change, removed), table.sets);
  const sets = changes.add.reduce((before, change) => changeSet(before, change, added), less);
  const stamped = changes.stamp === undefined ? table.chains : withStamp(table.chains, changes.stamp);
  const chains =
    changes.about === undefined
      ? stamped
      : refill(stamped, ABOUT, () => `continue comment "${changes.about}"`);
  return { ...table, sets, chains };
}

type Sets = ReadonlyMap<string, FakeSet>;
type Change = (elements: Set<string>, element: string, set: string) => void;

function changeSet(sets: Sets, { set, type, elements }: SetChange, change: Change): Sets {
  const before = sets.get(set);
  if (before === undefined) throw refused(`set ${set} is not there`);
  if (!before.properties.includes(`type ${type}`)) throw refused(`set ${set} is not of type ${type}`);
  const after = new Set(before.elements);
  for (const element of elements) change(after, asPrinted(element, set), set);
  return withEntry(sets, set, { ...before, elements: after });
}

function added(elements: Set<string>, element: string, set: string): void {
  if (elements.has(element)) throw refused(`${element} is already in set ${set}`);
  elements.add(element);
}

function removed(elements: Set<string>, element: string, set: string): void {
  if (!elements.delete(element)) throw refused(`${element} is not in set ${set}`);
}

/** As nft prints it. */
function asPrinted(element: Element, set: string): string {
  switch (element.kind) {
    case "address":
      return element.address;
    case "cgroup":
      return `"${element.path}"`;
    case "uid":
      return String(element.uid);
    default:
      throw refused(`a ${element.kind} is no element for the set ${set}`);
  }
}

type Chains = FakeTable["chains"];

/** The chains that depend on the stamp, with another one in the place of theirs. */
function withStamp(chains: Chains, { value }: Stamp): Chains {
  const hexadecimal = `0x${value.toString(16).padStart(8, "0")}`;
  const restamped = (rule: string) => rule.replace(/(== |\| )0x[0-9a-f]+/g, `$1${hexadecimal}`);
  return refill(refill(chains, CURRENT, restamped), PERMIT, restamped);
}

function refill(chains: Chains, name: string, change: (rule: string) => string): Chains {
  const chain = chains.get(name);
  if (chain === undefined) throw refused(`chain ${name} cannot be filled anew`);
  return withEntry(chains, name, { ...chain, rules: chain.rules.map(change) });
}

function refused(words: string): BulkheadError {
  return new BulkheadError("kernel/netlink-refused", words);
}
