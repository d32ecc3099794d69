/** Reads single values and lists of them, and says what is wrong with those that are not as expected. */

import { formatCount, LIMITS } from "../limits.ts";
import type { Problems } from "../text/problems.ts";
import { describe, isNothing, type ListNode, placeOf, type ScalarNode, type TreeNode } from "../text/tree.ts";

/** What is being read, in words: `'from' is nothing, expected an endpoint`. */
export interface Wanted {
  readonly subject: string;
  readonly expected: string;
  /** What a number was probably meant to be, where that is not the same in quotes. */
  readonly meantBy?: (number: string) => string | undefined;
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

/** A text, also one that YAML takes for a number or a truth value: for words of which none looks like that, so that it is no word at all. */
export function readWord(node: TreeNode, wanted: Wanted, problems: Problems): TextNode | undefined {
  return node.kind === "scalar" && node.value !== null
    ? readText({ ...node, value: String(node.written) }, wanted, problems)
    : readText(node, wanted, problems);
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

export function wrongType(node: TreeNode, wanted: Wanted, problems: Problems): void {
  const { subject, expected } = wanted;
  if (isNothing(node)) {
    problems.add("policy/empty-value", placeOf(node), `${subject} has no value, expected ${expected}`);
    return;
  }
  const message = `${subject} is ${describe(node)}, expected ${expected}`;
  problems.add("policy/wrong-type", placeOf(node), message, hintOf(node, wanted));
}

/** Numbers and true are almost always meant as text, and so is what ends in a colon (`- fd00::`), which YAML takes for a key. */
function hintOf(node: TreeNode, { meantBy }: Wanted): { readonly hint?: string } {
  const [entry, ...others] = node.kind === "map" ? node.entries : [];
  if (entry !== undefined && others.length === 0 && isNothing(entry.value))
    return { hint: `if it is meant as text, write "${entry.key.written}:" with quotes` };
  if (node.kind !== "scalar" || typeof node.value === "string") return {};
  const meant = meantBy?.(node.written);
  return {
    hint:
      meant === undefined
        ? `if it is meant as text, write "${node.written}" with quotes`
        : `did you mean '${meant}'?`,
  };
}
