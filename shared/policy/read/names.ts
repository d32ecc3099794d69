/** What may be the name of a segment, service, host or rule. */

import { printable } from "../../errors/printable.ts";
import { PROTOCOLS } from "../../net/service.ts";
import { formatCount, LIMITS } from "../limits.ts";
import { ANY, ANY_HOST } from "../policy.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type ScalarNode } from "../text/tree.ts";

export type Noun = "segment" | "service" | "host" | "rule" | "invariant";

const RESERVED: Readonly<Record<Noun, ReadonlySet<string>>> = {
  segment: new Set([ANY, ANY_HOST]),
  // A test may name either, and must not mean both.
  host: new Set([ANY, ANY_HOST]),
  service: new Set(["all", "proto", ...Object.keys(PROTOCOLS)]),
  rule: new Set(),
  invariant: new Set(),
};

/** Reports a name that cannot be one, at its place. */
export function checkName(node: ScalarNode, noun: Noun, problems: Problems): void {
  const name = String(node.value);
  if (RESERVED[noun].has(name)) {
    problems.add(
      "policy/reserved-name",
      placeOf(node),
      `'${name}' is built in, expected another name for a ${noun}`,
    );
    return;
  }
  const fault = faultOf(name, noun);
  if (fault !== undefined)
    problems.add("policy/invalid-name", placeOf(node), `${fault}, expected another name for a ${noun}`);
}

function faultOf(name: string, noun: Noun): string | undefined {
  if (name === "") return "a name is empty";
  if (name.length > LIMITS.nameLength)
    return `${quote(name)} has ${formatCount(name.length)} characters, and ${LIMITS.nameLength} are the most that a name may have`;
  const invisible = invisibleIn(name);
  if (invisible !== undefined) return `${quote(name)} ${invisible}`;
  if (noun === "service" && name.includes("/"))
    return `${quote(name)} could be taken for a protocol and port`;
  if ((noun === "segment" || noun === "host") && looksLikeAddress(name))
    return `${quote(name)} could be taken for an address`;
  return undefined;
}

/** What cannot be seen in a text where it is shown, and would let two of them look alike. */
export function invisibleIn(text: string): string | undefined {
  if (printable(text) !== text) return "has invisible characters";
  if (/^\s|\s$/u.test(text)) return "begins or ends with a space";
  return /[^\S ]/u.test(text) ? "has an unusual space" : undefined;
}

/** Whether somebody who writes this means an address, a block or a range, be it well-formed or not. */
export function looksLikeAddress(text: string): boolean {
  const [first = ""] = text.split(/[%/-]/, 1);
  if (/^[\d.]+$/.test(first)) return first.includes(".") && /\d/.test(first);
  return /^[\da-f:.]+$/i.test(first) && first.indexOf(":") !== first.lastIndexOf(":");
}
