/** Why a rule can never match. Said only where it is certain, whatever happens on the network. */

import type { Family } from "../../net/address.ts";
import { PROTOCOLS } from "../../net/service.ts";
import type { Endpoint, Host, Rule } from "../policy.ts";
import type { Ends, Side } from "./ends.ts";
import { labelOf } from "./members.ts";

interface Lists {
  readonly rule: Rule;
  readonly from: readonly Side[];
  readonly to: readonly Side[];
}

/** Beyond these no pairs are compared, so that a long list costs no more than it says. */
const MOST_PAIRS = 10_000;

export function whyNeverMatches(rule: Rule, ends: Ends): string | undefined {
  const lists: Lists = { rule, from: ends.sidesOf(rule.from), to: ends.sidesOf(rule.to) };
  return (
    whyNobody(rule.from, lists.from) ??
    whyNobody(rule.to, lists.to) ??
    whyNoFamily(lists) ??
    whyNobodyEnforces(lists, ends) ??
    (rule.same.length > 0 ? whyNothingSame(lists) : whyOnlyItself(lists))
  );
}

function whyNobody(endpoints: readonly Endpoint[], sides: readonly Side[]): string | undefined {
  const nobody = sides.every(({ hosts, ranges, open }) => hosts.length + ranges.length === 0 && !open);
  return nobody ? `no host is in ${namesOf(endpoints)}` : undefined;
}

function whyNoFamily({ rule, from, to }: Lists): string | undefined {
  const theirs = familiesOf(to);
  const common = [...familiesOf(from)].filter((family) => theirs.has(family));
  if (common.length === 0) return "its ends have addresses of different families";
  const families =
    rule.service === "all" ? [4 as const] : rule.service.map(({ protocol }) => familyOf(protocol));
  if (rule.service === "all" || families.some((family) => family === undefined || common.includes(family)))
    return undefined;
  return common.includes(4)
    ? "its ends have IPv4 in common only, and icmpv6 belongs to IPv6"
    : "its ends have IPv6 in common only, and icmp belongs to IPv4";
}

function familiesOf(sides: readonly Side[]): ReadonlySet<Family> {
  return new Set(sides.flatMap(({ families }) => [...families]));
}

/** The one family that a protocol belongs to. */
function familyOf(protocol: number): Family | undefined {
  if (protocol === PROTOCOLS.icmp) return 4;
  return protocol === PROTOCOLS.icmpv6 ? 6 : undefined;
}

function whyNobodyEnforces({ from, to }: Lists, ends: Ends): string | undefined {
  const enforced = [...from, ...to].some(
    ({ hosts, ranges, open }) =>
      hosts.length > 0 || open === "any" || ranges.some((range) => ends.isManaged(range)),
  );
  return enforced ? undefined : "no managed host is at either of its ends";
}

function whyNothingSame({ rule, from, to }: Lists): string | undefined {
  if (from.length * to.length > MOST_PAIRS) return undefined;
  const senders = bySame(from, rule.same);
  const receivers = bySame(to, rule.same);
  for (const [values, hosts] of senders) {
    const others = receivers.get(values) ?? [];
    // A host that would talk to itself alone is no pair.
    if (others.length > 0 && (hosts.length > 1 || others.length > 1 || hosts[0] !== others[0]))
      return undefined;
  }
  const labels = rule.same.map((label) => `'${label}'`).join(" and ");
  return `no host of ${namesOf(rule.from)} has the same ${labels} as another of ${namesOf(rule.to)}`;
}

/** Up to two hosts for each combination of values; more would say nothing new. */
function bySame(sides: readonly Side[], labels: readonly string[]): ReadonlyMap<string, readonly Host[]> {
  const grouped = new Map<string, Host[]>();
  for (const { hosts } of sides)
    for (const host of hosts) {
      const values = labels.map((label) => labelOf(host, label));
      if (values.includes(undefined)) continue;
      const group = grouped.getOrInsertComputed(JSON.stringify(values), () => []);
      if (group.length < 2 && !group.includes(host)) group.push(host);
    }
  return grouped;
}

function whyOnlyItself({ from, to }: Lists): string | undefined {
  const sender = onlyHost(from);
  return sender !== undefined && sender === onlyHost(to)
    ? `both of its ends are the host '${sender.name}' alone, and a host's traffic to itself is never judged`
    : undefined;
}

function onlyHost(sides: readonly Side[]): Host | undefined {
  if (sides.some(({ ranges, open }) => ranges.length > 0 || open !== undefined)) return undefined;
  const [first] = sides.flatMap(({ hosts }) => hosts.slice(0, 1));
  return sides.every(({ hosts }) => hosts.every((host) => host === first)) ? first : undefined;
}

function namesOf(endpoints: readonly Endpoint[]): string {
  const names = endpoints.map((one) => `'${one.kind === "segment" ? one.segment : one.text}'`);
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} …` : names.join(", ");
}
