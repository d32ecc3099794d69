/** Rules that allow far more than was seen, each with a narrower one and the numbers. */

import { isAnybody, sortedAddresses } from "../flow/strangers.ts";
import { day } from "../flow/suggestion-text.ts";
import { formatService, numbersIn } from "../net/service.ts";
import type { Endpoint } from "../policy/policy.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import { type Few, isWideService, serviceOfAll, type Used } from "./breadth.ts";
import { count } from "./finding-words.ts";
import { ruleLine } from "./policy-line.ts";
import type { Standing } from "./standing.ts";

/** So often it was used, over so long a time, that what was not seen is worth a question. */
const LEAST_CONNECTIONS = 20;
const LEAST_TIME = 3 * 24 * 3_600_000;
/** A narrower rule names so many ends or services at most. */
const MOST_NAMED = 8;
/** It is no gain where more than this share of what is allowed was seen. */
const SHARE = 0.25;

export interface TooBroad {
  readonly rule: Used["rule"];
  /** What it allows, and what of that was seen; without a full stop. */
  readonly words: string;
  /** A line of a policy in its place. */
  readonly instead: string;
}

export interface BroadContext {
  readonly resolved: ResolvedPolicy;
  readonly standing: Standing;
  /** Where the record ends. */
  readonly until: number;
}

export function tooBroad(used: Used, context: BroadContext): TooBroad | undefined {
  const { rule, flows, connections, first } = used;
  if (connections < LEAST_CONNECTIONS || context.until - first < LEAST_TIME) return undefined;
  const service = narrowerService(used);
  const from = narrowerEnds(rule.from, used.from, context);
  const to = narrowerEnds(rule.to, used.to, context);
  if (service === undefined && from === undefined && to === undefined) return undefined;
  const parts = [
    ...(service === undefined
      ? []
      : [`${rule.serviceText.join(", ")}, and ${service.join(", ")} alone was seen`]),
    ...(from === undefined
      ? []
      : [`from ${endsText(rule.from)}, and from ${from.join(", ")} alone it was seen`]),
    ...(to === undefined ? [] : [`to ${endsText(rule.to)}, and to ${to.join(", ")} alone it was seen`]),
  ];
  return {
    rule,
    words: `allows ${parts.join("; ")} (${count(connections, "connection")} of ${count(flows, "flow")} since ${day(first)})`,
    instead: ruleLine({
      name: rule.name === `${rule.place.file}:${rule.place.line}` ? "" : rule.name,
      services: service ?? rule.serviceText,
      from: from ?? rule.from.map(endText),
      to: to ?? rule.to.map(endText),
      same: rule.same,
      note: "",
    }).trim(),
  };
}

function narrowerService({ rule, services }: Used): readonly string[] | undefined {
  if (services === undefined || !isWideService(rule.service)) return undefined;
  const seen = serviceOfAll(services);
  const parts = formatService(seen);
  return parts.length <= MOST_NAMED && numbersIn(seen) <= numbersIn(rule.service) * SHARE ? parts : undefined;
}

/** Ends of which nothing narrower can be said stay as they are; a narrowing to units is kept by leaving the rule alone. */
function narrowerEnds(
  endpoints: readonly Endpoint[],
  seen: ReadonlyMap<number, Few>,
  context: BroadContext,
): readonly string[] | undefined {
  if (endpoints.some((end) => end.kind === "segment" && (end.unit ?? end.user) !== undefined))
    return undefined;
  const parts = endpoints.map((endpoint, at) => {
    const few = seen.has(at) ? seen.get(at) : undefined;
    return few === undefined ? undefined : narrower(endpoint, [...few], context);
  });
  if (parts.every((part) => part === undefined)) return undefined;
  return [...new Set(parts.flatMap((part, at) => part ?? endpoints.slice(at, at + 1).map(endText)))];
}

/** The segments of the hosts, and the addresses of all others; undefined where that is no gain. */
function narrower(
  endpoint: Endpoint,
  addresses: readonly string[],
  { resolved, standing }: BroadContext,
): readonly string[] | undefined {
  if (isAnybody(addresses)) return undefined;
  const { inventory } = resolved;
  const segments = new Set<string>();
  const others: string[] = [];
  for (const address of addresses) {
    const host = inventory.hostOf(address);
    const segment = host && standing.segmentOf(host.name);
    if (segment !== undefined && resolved.policy.segments.has(segment)) segments.add(segment);
    else others.push(address);
  }
  const named = [...[...segments].sort(), ...sortedAddresses(others)];
  if (named.length === 0 || named.length > MOST_NAMED || named.includes(endText(endpoint))) return undefined;
  const hosts = [...segments].reduce((sum, segment) => sum + inventory.members(segment).length, 0);
  const isEveryHost =
    endpoint.kind === "segment" && hosts > inventory.hosts.size * SHARE && others.length === 0;
  // Most hosts by their segments are what any-host says in a word.
  return isEveryHost && endpoint.segment === "any-host" ? undefined : named;
}

function endText(endpoint: Endpoint): string {
  return endpoint.kind === "addresses" ? endpoint.text : endpoint.segment;
}

function endsText(endpoints: readonly Endpoint[]): string {
  return endpoints.map(endText).join(", ");
}
