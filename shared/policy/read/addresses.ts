import type { PolicyErrorCode } from "../../errors/policy.ts";
import { type Address, formatAddress, parseAddress } from "../../net/address.ts";
import { type AddressRange, parseRange, type RangeProblem } from "../../net/range.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote } from "../text/tree.ts";
import type { TextNode } from "./values.ts";

const CODES = {
  address: "policy/invalid-address",
  prefix: "policy/invalid-address",
  "host-bits": "policy/host-bits-set",
  mixed: "policy/invalid-range",
  reversed: "policy/invalid-range",
} as const satisfies Record<RangeProblem["kind"], PolicyErrorCode>;

/** An address, a block or a range. */
export function readRange(node: TextNode, problems: Problems): AddressRange | undefined {
  const range = parseRange(node.value);
  if (!("problem" in range)) return range;
  problems.add(CODES[range.kind], placeOf(node), range.problem, hintOf(range, node.value));
  return undefined;
}

function hintOf({ kind, meant }: RangeProblem, text: string): { readonly hint?: string } {
  if (kind === "host-bits")
    return { hint: `for that address alone write '${text.slice(0, text.indexOf("/"))}'` };
  return meant === undefined ? {} : { hint: `did you mean '${meant}'?` };
}

/** One address. */
export function readAddress(node: TextNode, problems: Problems): Address | undefined {
  const address = parseAddress(node.value);
  if (address !== undefined) return address;
  const [base = ""] = node.value.split(/[/-]/, 1);
  const first = parseAddress(base);
  const hint =
    first === undefined || base === node.value ? {} : { hint: `did you mean '${formatAddress(first)}'?` };
  const found = first === undefined ? "is no IPv4 or IPv6 address" : "is no single address";
  problems.add("policy/invalid-address", placeOf(node), `${quote(node.value)} ${found}`, hint);
  return undefined;
}
