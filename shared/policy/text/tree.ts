/** What a file says, as plain values that still know where they were written. */

import type { Place } from "../place.ts";
import type { Source } from "./source.ts";

export type TreeNode = ScalarNode | ListNode | MapNode;

interface Written {
  readonly source: Source;
  /** Of the first character, in the source's text. */
  readonly offset: number;
}

export interface ScalarNode extends Written {
  readonly kind: "scalar";
  /** As YAML 1.2's core schema reads it; null too where nothing is written. */
  readonly value: string | number | boolean | null;
  /** The author's characters, without quotes. */
  readonly written: string;
}

export interface ListNode extends Written {
  readonly kind: "list";
  readonly items: readonly TreeNode[];
}

export interface MapNode extends Written {
  readonly kind: "map";
  /** In the author's order, duplicates included. */
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: TreeNode;
}

export function placeOf(node: Written): Place {
  return node.source.placeAt(node.offset);
}

/** The place of a character inside a text value; the whole value's where it is written with escapes or over several lines. */
export function placeInside(node: ScalarNode, offset: number): Place {
  const { source, value } = node;
  const start = [node.offset, node.offset + 1].find(
    (at) => typeof value === "string" && source.text.startsWith(value, at),
  );
  return start === undefined ? placeOf(node) : source.placeAt(start + offset);
}

/** Nothing is written where a value should be, or `null` is. */
export function isNothing(node: TreeNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** A value in words: `a list`, `the number 5`, `the text 'web'`. */
export function describe(node: TreeNode): string {
  if (node.kind !== "scalar") return `a ${node.kind}`;
  switch (typeof node.value) {
    case "string":
      return `the text ${quote(node.value)}`;
    case "number":
      return `the number ${shorten(node.written)}`;
    case "boolean":
      return `the truth value ${node.written}`;
    default:
      return "nothing";
  }
}

/** A text in quotes, cut where it is too long for a message. */
export function quote(text: string): string {
  return `'${shorten(text)}'`;
}

function shorten(text: string): string {
  const most = 64;
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
