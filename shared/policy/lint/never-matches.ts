/** Why a rule can never match. Said only where it is certain, whatever happens on the network. */

import type { Family } from "../../net/address.ts";
import { PROTOCOLS } from "../../net/service.ts";
import type { Host, Rule } from "../policy.ts";
import type { SameValues } from "./same-values.ts";
import type { Side, Sides } from "./sides.ts";

interface Ends {
  readonly rule: Rule;
  readonly from: readonly Side[];
  readonly to: readonly Side[];
}

export function whyNeverMatches(
  rule: Rule,
  { sides, sameValues }: { sides: Sides; sameValues: SameValues },
): string | undefined {
  const ends: Ends = { rule, from: sides.of(rule.from), to: sides.of(rule.to) };
  return (
    whyNobody(ends.from) ??
    whyNobody(ends.to) ??
    whyNoFamily(ends) ??
    whyNobodyEnforces(ends) ??
    (rule.same.length > 0 ? whyNothingSame(ends, sameValues) : whyOnlyItself(ends))
  );
}

function whyNobody(sides: readonly Side[]): string | undefined {
  return sides.every(({ isEmpty }) => isEmpty) ? `no host is in ${namesOf(sides)}` : undefined;
}

function whyNoFamily({ rule, from, to }: Ends): string | undefined {
  const theirs = familiesOf(to);
  const common = [...familiesOf(from)].filter((family) => theirs.has(family));
  if (common.length === 0) return "its ends have addresses of different families";
  if (rule.service === "all") return undefined;
  const families = rule.service.map(({ protocol }) => familyOf(protocol));
  if (families.some((family) => family === undefined || common.includes(family))) return undefined;
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

function whyNobodyEnforces({ from, to }: Ends): string | undefined {
  const nobody = [...from, ...to].every(({ isUnmanaged }) => isUnmanaged);
  return nobody ? "no managed host is at either of its ends" : undefined;
}

function whyNothingSame({ rule, from, to }: Ends, sameValues: SameValues): string | undefined {
  if (sameValues.mayJoin(from, to, rule.same)) return undefined;
  const labels = rule.same.map((label) => `'${label}'`).join(" and ");
  return `no host of ${namesOf(from)} has the same ${labels} as another of ${namesOf(to)}`;
}

function whyOnlyItself({ from, to }: Ends): string | undefined {
  const sender = onlyHost(from);
  return sender !== undefined && sender === onlyHost(to)
    ? `both of its ends are the host '${sender.name}' alone, and a host's traffic to itself is never judged`
    : undefined;
}

function onlyHost(sides: readonly Side[]): Host | undefined {
  const first = sides.find(({ hosts }) => hosts.length > 0)?.hosts[0];
  const isAlone = sides.every(({ hosts, isOpen }) => !isOpen && hosts.every((host) => host === first));
  return isAlone ? first : undefined;
}

function namesOf(sides: readonly Side[]): string {
  const names = sides.map(({ name }) => `'${name}'`);
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} …` : names.join(", ");
}
