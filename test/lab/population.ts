/** Who lives in the lab: the policy's hosts, and a visitor for each block of addresses that the policy names. */

import { type Address, formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";
import { type AddressRange, rangeContains } from "@bulkhead/shared/net/range.ts";
import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import { flowService, type LabService, labServices, type Probe } from "./services.ts";

export interface Resident {
  /** As the policy calls it: a host's name, a segment's, or a literal block. */
  readonly name: string;
  /** What its machine is called. */
  readonly machine: string;
  readonly addresses: readonly string[];
  /** A host has an agent; a visitor is an address that no agent manages. */
  readonly kind: "host" | "visitor";
}

/** Who sends: a resident as such, or one unit of it. */
export interface Sender {
  readonly resident: Resident;
  readonly unit?: string;
}

export interface Population {
  readonly residents: readonly Resident[];
  readonly senders: readonly Sender[];
  /** Who is called: all hosts, and the visitors that rules lead to. */
  readonly receivers: readonly Resident[];
  readonly services: readonly LabService[];
  /** Which unit has to serve a probe on a host, where a rule says so; nobody in particular elsewhere. */
  readonly serverOf: (host: string, probe: Probe) => string | undefined;
}

const MOST_VISITORS = 6;
/** Addresses for documentation (RFC 5737, RFC 3849): one that no policy means comes as the stranger. */
const STRANGER: Resident = {
  name: "stranger",
  machine: "stranger",
  addresses: ["203.0.113.66", "2001:db8:bad::66"],
  kind: "visitor",
};

/** `membersOf` names the hosts of a segment, built-in ones included. */
export function populate(policy: Policy, membersOf: (segment: string) => readonly string[]): Population {
  const hosts: Resident[] = [...policy.hosts.values()].map(({ name, addresses }) => ({
    name,
    machine: name,
    addresses,
    kind: "host",
  }));
  const visitors = visitorsOf(policy, hosts);
  const residents = [...hosts, ...visitors];
  const callable = new Set(policy.rules.flatMap((rule) => rule.to.map(endpointName)));
  return {
    residents,
    senders: sendersOf(policy, residents, membersOf),
    receivers: [...hosts, ...visitors.filter(({ name }) => callable.has(name))],
    services: labServices(policy),
    serverOf: (host, probe) => serverOf(policy, membersOf, host, probe),
  };
}

type AnyEndpoint = Policy["rules"][number]["from"][number];

function endpointName(endpoint: AnyEndpoint): string {
  return endpoint.kind === "segment" ? endpoint.segment : endpoint.text;
}

function visitorsOf(policy: Policy, hosts: readonly Resident[]): Resident[] {
  const taken = new Set(hosts.flatMap(({ addresses }) => addresses));
  const blocks = new Map<string, readonly AddressRange[]>();
  for (const segment of policy.segments.values())
    if (segment.kind === "addresses") blocks.set(segment.name, segment.ranges);
  for (const endpoint of policy.rules.flatMap((rule) => [...rule.from, ...rule.to]))
    if (endpoint.kind === "addresses") blocks.set(endpoint.text, [endpoint.range]);
  const visitors: Resident[] = [];
  for (const [name, ranges] of blocks) {
    const addresses = ([4, 6] as const).flatMap((family) => addressIn(ranges, family, taken) ?? []);
    for (const address of addresses) taken.add(address);
    if (addresses.length > 0)
      visitors.push({ name, machine: `visitor-${visitors.length + 1}`, addresses, kind: "visitor" });
  }
  const strange = STRANGER.addresses.every((text) => isOutside(text, [...blocks.values()].flat()));
  return [...visitors.slice(0, MOST_VISITORS), ...(strange ? [STRANGER] : [])];
}

/** An address of the ranges that nobody has: not the first few, which a block uses for itself. */
function addressIn(
  ranges: readonly AddressRange[],
  family: 4 | 6,
  taken: ReadonlySet<string>,
): string | undefined {
  const range = ranges.find((candidate) => candidate.family === family);
  if (range === undefined) return undefined;
  for (const offset of [7n, 8n, 9n, 0n, 1n]) {
    const value = range.first + offset;
    const text = formatAddress({ family, value });
    if (value <= range.last && !taken.has(text)) return text;
  }
  return undefined;
}

function isOutside(text: string, ranges: readonly AddressRange[]): boolean {
  const address: Address | undefined = parseAddress(text);
  return address !== undefined && !ranges.some((range) => rangeContains(range, address));
}

/** Every resident, and after a host the units of it that rules name as senders. */
function sendersOf(
  policy: Policy,
  residents: readonly Resident[],
  membersOf: (segment: string) => readonly string[],
): Sender[] {
  const endpoints = policy.rules.flatMap((rule) => rule.from);
  return residents.flatMap((resident) => {
    const units = endpoints.flatMap((endpoint) =>
      endpoint.kind === "segment" &&
      endpoint.unit !== undefined &&
      membersOf(endpoint.segment).includes(resident.name)
        ? [endpoint.unit]
        : [],
    );
    return [{ resident }, ...[...new Set(units)].map((unit) => ({ resident, unit }))];
  });
}

function serverOf(
  policy: Policy,
  membersOf: (segment: string) => readonly string[],
  host: string,
  probe: Probe,
): string | undefined {
  const { protocol, number } = flowService(probe, 4);
  for (const rule of policy.rules) {
    const covers =
      rule.service === "all" ||
      rule.service.some((term) => term.protocol === protocol && term.low <= number && number <= term.high);
    const narrowed = rule.to.find(
      (endpoint) =>
        endpoint.kind === "segment" &&
        endpoint.unit !== undefined &&
        membersOf(endpoint.segment).includes(host),
    );
    if (covers && rule.action === "allow" && narrowed?.kind === "segment") return narrowed.unit;
  }
  return undefined;
}
