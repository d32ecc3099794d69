/** What the lab's hosts serve: the services that the policy's rules speak of, as far as a small server can speak them. */

import {
  PROTOCOLS,
  parseServiceExpression,
  type Service,
  type ServiceTerm,
} from "@bulkhead/shared/net/service.ts";
import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import type { ServiceName } from "../estate/service.ts";

/** One thing to try: a TCP or UDP port, or an echo request. */
export interface Probe {
  readonly service: ServiceName;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** Port; 0 for echo requests. */
  readonly port: number;
}

export interface LabService {
  /** One capital letter, which stands for it in a matrix. */
  readonly letter: string;
  /** As the policy calls it. */
  readonly name: string;
  readonly probes: readonly Probe[];
}

const MOST_SERVICES = 12;
const ECHO_REQUEST = { [PROTOCOLS.icmp]: 8 * 256, [PROTOCOLS.icmpv6]: 128 * 256 } as const;

/** The services of the policy's rules, each with a letter, in the order in which the rules name them. */
export function labServices(policy: Policy): LabService[] {
  const names = new Set(policy.rules.flatMap((rule) => rule.serviceText));
  const services: LabService[] = [];
  const known = new Set<string>();
  for (const name of names) {
    const probes = probesOf(serviceOf(policy, name));
    const key = probes.map(({ service }) => service).join();
    if (probes.length === 0 || known.has(key) || services.length === MOST_SERVICES) continue;
    known.add(key);
    services.push({ letter: freeLetter(name, services), name, probes });
  }
  return services;
}

function serviceOf(policy: Policy, name: string): Service {
  const named = policy.services.get(name);
  if (named !== undefined) return named.service;
  const parsed = parseServiceExpression(name);
  return parsed === "all" || Array.isArray(parsed) ? parsed : [];
}

/** The lowest port of each term stands for all of it; what is no TCP, UDP or echo request is not tried. */
function probesOf(service: Service): Probe[] {
  if (service === "all") return [];
  const probes = service.flatMap((term) => probeOf(term) ?? []);
  return probes.filter((probe, at) => probes.findIndex((other) => other.service === probe.service) === at);
}

function probeOf(term: ServiceTerm): Probe | undefined {
  const port = Math.max(1, term.low);
  switch (term.protocol) {
    case PROTOCOLS.tcp:
      return { service: `tcp/${port}`, protocol: "tcp", port };
    case PROTOCOLS.udp:
      return { service: `udp/${port}`, protocol: "udp", port };
    case PROTOCOLS.icmp:
    case PROTOCOLS.icmpv6: {
      const echo = ECHO_REQUEST[term.protocol];
      return term.low <= echo && echo <= term.high
        ? { service: "icmp", protocol: "icmp", port: 0 }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** The IP protocol and the number inside it (see `ServiceTerm`) that a probe is, which for an echo request depends on the family. */
export function flowService(
  probe: Probe,
  family: 4 | 6,
): { readonly protocol: number; readonly number: number } {
  if (probe.protocol !== "icmp") return { protocol: PROTOCOLS[probe.protocol], number: probe.port };
  const protocol = family === 4 ? PROTOCOLS.icmp : PROTOCOLS.icmpv6;
  return { protocol, number: ECHO_REQUEST[protocol] };
}

/** A letter of the name, else the first of the alphabet that nobody has. */
function freeLetter(name: string, taken: readonly LabService[]): string {
  const candidates = `${name.toUpperCase().replace(/[^A-Z]/g, "")}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;
  return [...candidates].find((letter) => taken.every((service) => service.letter !== letter)) ?? "?";
}
