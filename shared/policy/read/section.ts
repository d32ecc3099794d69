/** Sections: the same key of every file, read as one. */

import { formatCount } from "../limits.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type ScalarNode, type TreeNode } from "../text/tree.ts";
import { checkName, type Noun } from "./names.ts";
import { type Wanted, wrongType } from "./values.ts";

/** A section in one of the files. */
export interface Section {
  readonly node: TreeNode;
  readonly wanted: Wanted;
}

/** A noun under its name, not read yet. */
export interface Declared {
  readonly name: string;
  readonly key: ScalarNode;
  readonly value: TreeNode;
}

/** The entries of a section by name, in the files' order. Of two with one name the first is kept, and both are reported. */
export function readDeclarations(
  sections: readonly Section[],
  { noun, limit }: { noun: Noun; limit: number },
  problems: Problems,
): ReadonlyMap<string, Declared> {
  const declared = new Map<string, Declared>();
  for (const { node, wanted } of sections) {
    if (node.kind !== "map") {
      wrongType(node, wanted, problems);
      continue;
    }
    for (const { key, value } of node.entries) {
      const name = String(key.value);
      const first = declared.get(name);
      if (first !== undefined) {
        reportTwice({ noun, name }, { first: first.key, second: key }, problems);
        continue;
      }
      checkName(key, noun, problems);
      declared.set(name, { name, key, value });
      if (declared.size === limit + 1) tooMany(key, { noun, limit }, problems);
    }
  }
  return declared.size > limit ? new Map() : declared;
}

/** The items of a section that is a list, in the files' order. */
export function readItems(
  sections: readonly Section[],
  { noun, limit }: { noun: string; limit: number },
  problems: Problems,
): readonly TreeNode[] {
  const items: TreeNode[] = [];
  for (const { node, wanted } of sections) {
    if (node.kind !== "list") wrongType(node, wanted, problems);
    else if (items.length + node.items.length > limit) {
      tooMany(node, { noun, limit }, problems);
      return [];
    } else items.push(...node.items);
  }
  return items;
}

function tooMany(node: TreeNode, { noun, limit }: { noun: string; limit: number }, problems: Problems): void {
  const message = `the policy has more than ${formatCount(limit)} ${noun}s, which is the most that it may have`;
  problems.add("policy/limit-exceeded", placeOf(node), message);
}

export function reportTwice(
  { noun, name }: { noun: Noun; name: string },
  { first, second }: { first: TreeNode; second: TreeNode },
  problems: Problems,
): void {
  const related = { place: placeOf(first), message: "it is first given here" };
  problems.add("policy/duplicate-name", placeOf(second), `the ${noun} ${quote(name)} is given twice`, {
    related,
  });
}
