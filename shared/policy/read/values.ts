/** Reads single values and lists of them, and says what is wrong with those that are not as expected. */

import { formatCount, LIMITS } from "../limits.ts";
import type { Problems } from "../text/problems.ts";
import { describe, isNothing, type ListNode, placeOf, type ScalarNode, type TreeNode } from "../text/tree.ts";

/** What is being read, in words: `'from' is nothing, expected an endpoint`. */
export interface Wanted {
  readonly subject: string;
  readonly expected: string;
}

/** A text that is not empty, with its value narrowed. */
export interface TextNode extends ScalarNode {
  readonly value: string;
}

export function readText(node: TreeNode, wanted: Wanted, problems: Problems): TextNode | undefined {
  if (!isText(node)) {
    wrongType(node, wanted, problems);
    return undefined;
  }
  if (node.value === "") {
    problems.add(
      "policy/empty-value",
      placeOf(node),
      `${wanted.subject} is empty, expected ${wanted.expected}`,
    );
    return undefined;
  }
  if (node.value.length > LIMITS.textLength) {
    const message = `${wanted.subject} has ${formatCount(node.value.length)} characters, and ${formatCount(LIMITS.textLength)} are the most that a text may have`;
    problems.add("policy/limit-exceeded", placeOf(node), message);
    return undefined;
  }
  return node;
}

/** A list with at least one item. */
export function readList(node: TreeNode, wanted: Wanted, problems: Problems): ListNode | undefined {
  if (node.kind !== "list") {
    wrongType(node, wanted, problems);
    return undefined;
  }
  if (node.items.length > 0) return node;
  problems.add(
    "policy/empty-value",
    placeOf(node),
    `${wanted.subject} is an empty list, expected ${wanted.expected}`,
  );
  return undefined;
}

/** A list of texts; those of its items that are no texts are reported and left out. */
export function readTexts(
  node: TreeNode,
  wanted: Wanted,
  problems: Problems,
): readonly TextNode[] | undefined {
  const item = { subject: `an item of ${wanted.subject}`, expected: "text" };
  return readList(node, wanted, problems)?.items.flatMap((one) => readText(one, item, problems) ?? []);
}

/** One value, or the items of a list with at least one. */
export function readOneOrMore(
  node: TreeNode,
  wanted: Wanted,
  problems: Problems,
): readonly TreeNode[] | undefined {
  return node.kind === "list" ? readList(node, wanted, problems)?.items : [node];
}

export function isText(node: TreeNode): node is TextNode {
  return node.kind === "scalar" && typeof node.value === "string";
}

export function wrongType(node: TreeNode, { subject, expected }: Wanted, problems: Problems): void {
  if (isNothing(node)) {
    problems.add("policy/empty-value", placeOf(node), `${subject} has no value, expected ${expected}`);
    return;
  }
  // Numbers and true are almost always meant as text, except where a list or map is wanted.
  const quotable = node.kind === "scalar" && typeof node.value !== "string";
  const hint = quotable ? { hint: `if it is meant as text, write "${node.written}" in quotes` } : {};
  problems.add(
    "policy/wrong-type",
    placeOf(node),
    `${subject} is ${describe(node)}, expected ${expected}`,
    hint,
  );
}
