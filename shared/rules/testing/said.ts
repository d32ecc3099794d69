/** Reads what answers say in words, so that tests can hold the words to the truth. */

import { parseAddress } from "../../net/address.ts";
import { AddressSet } from "../../net/address-set.ts";
import { parseRange, rangeContains } from "../../net/range.ts";
import { parseServiceExpression, serviceHas } from "../../net/service.ts";
import { labelOf } from "../../policy/labels.ts";
import { byWidth } from "../nouns.ts";
import type { ResolvedPolicy } from "../resolve.ts";
import { resolvedSide } from "../resolved-side.ts";
import type { Noun } from "../side.ts";

const ELSEWHERE = "any other address";

/**
 * Whether a word for ends speaks of this address or DNS name. `policies` are those that cut the world; words are of the first.
 * @param blocks of these policies, as they are called beside one another
 */
export function speaksOfEnd(
  word: string,
  text: string,
  policies: readonly [ResolvedPolicy, ...ResolvedPolicy[]],
  blocks: readonly Noun[] = policies.flatMap((policy) => resolvedSide(policy).blocks),
): boolean {
  const [resolved] = policies;
  if (word === "any" || word === text) return true;
  const host = resolved.inventory.hostOf(text);
  if (word === "any-host") return host !== undefined;
  if (resolved.hosts.has(word)) return host?.name === word;
  if (word.startsWith(ELSEWHERE)) {
    if (policies.some(({ inventory }) => inventory.hostOf(text) !== undefined)) return false;
    const within = word.slice(`${ELSEWHERE} in `.length);
    const narrowest = narrowestBlocks(text, blocks);
    if (narrowest.length > 0) return narrowest.includes(within);
    return parseAddress(text) !== undefined && (within === "" || isIn(within, text, resolved));
  }
  return isIn(word, text, resolved);
}

/** In a segment, a part of one, or a block. */
function isIn(word: string, text: string, { policy, inventory }: ResolvedPolicy): boolean {
  const [, name = word, values] = /^(.*) \((.*)\)$/.exec(word) ?? [];
  const segment = policy.segments.get(name);
  const address = parseAddress(text);
  if (segment?.kind === "names") return segment.names.includes(text);
  if (segment?.kind === "addresses")
    return address !== undefined && AddressSet.of(segment.ranges).has(address);
  if (segment?.kind === "select" || name === "any-host") {
    const host = inventory.hostOf(text);
    if (host === undefined || !inventory.members(name).includes(host)) return false;
    const pairs = values?.split(", ").map((pair) => pair.split("=")) ?? [];
    return pairs.every(([label = "", value]) => labelOf(host.labels, label) === value);
  }
  const range = parseRange(word);
  return !("problem" in range) && address !== undefined && rangeContains(range, address);
}

/** What the narrowest of the blocks that rules name and that hold an address are called. */
function narrowestBlocks(text: string, blocks: readonly Noun[]): readonly string[] {
  const address = parseAddress(text);
  const holding = blocks
    .filter(({ addresses }) => address !== undefined && addresses.has(address))
    .sort(byWidth);
  const width = ({ addresses }: Noun) =>
    addresses.ranges.reduce((sum, { first, last }) => sum + last - first, 0n);
  const narrowest = holding.at(-1);
  if (narrowest === undefined) return [];
  return holding.filter((block) => width(block) === width(narrowest)).map(({ label }) => label);
}

/** Whether words for services speak of this one. */
export function speaksOfService(words: readonly string[], protocol: number, number: number): boolean {
  return words.some((word) => {
    const except = /^all except (.*)$/.exec(word)?.[1];
    if (except !== undefined) return !speaksOfService(except.split(", "), protocol, number);
    return speaksOne(word, protocol, number);
  });
}

function speaksOne(word: string, protocol: number, number: number): boolean {
  const [, expression = word, lowCode, highCode = lowCode] = /^(.*) code (\d+)(?:-(\d+))?$/.exec(word) ?? [];
  const code = number % 256;
  if (lowCode !== undefined && (code < Number(lowCode) || code > Number(highCode))) return false;
  const [, icmp, low, high = low] = /^(icmp|icmpv6)\/(\d+)(?:-(\d+))?$/.exec(expression) ?? [];
  if (icmp !== undefined) {
    const type = number >> 8;
    return protocol === (icmp === "icmp" ? 1 : 58) && Number(low) <= type && type <= Number(high);
  }
  const service = parseServiceExpression(expression);
  if (service !== "all" && "problem" in service)
    throw new Error(`'${word}' is no service: ${service.problem}`);
  return serviceHas(service, protocol, number);
}
