import { ICMP_TYPES, type IcmpProtocol, icmpTypeName } from "./icmp-types.ts";

/**
 * What a flow is addressed to on its destination: an IP protocol and, inside it, a 16-bit number.
 *
 * That number is the destination port for TCP (6), UDP (17) and SCTP (132), and `type * 256 + code` for ICMP (1) and ICMPv6 (58),
 * which is also how conntrack keeps it (`ct original proto-dst`). For every other protocol it is always 0.
 * So ports, port ranges and ICMP types are all intervals of one kind.
 */
export interface ServiceTerm {
  /** IANA protocol number, 0 to 255. */
  readonly protocol: number;
  /** Lowest and highest number that match, 0 ≤ low ≤ high ≤ 65535; 0 to 65535 is the whole protocol. */
  readonly low: number;
  readonly high: number;
}

/** A normalized service: either everything, or terms that are sorted, disjoint and not adjacent. */
export type Service = "all" | readonly ServiceTerm[];

/** The protocols that have numbers inside; all others are only whole. */
export const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58 } as const;

export type ProtocolName = keyof typeof PROTOCOLS;
type PortProtocol = Exclude<ProtocolName, IcmpProtocol>;

const HIGHEST_NUMBER = 65535;
const HIGHEST_PROTOCOL = 255;

const NAME_OF: ReadonlyMap<number, ProtocolName> = new Map(
  (Object.keys(PROTOCOLS) as ProtocolName[]).map((name) => [PROTOCOLS[name], name]),
);

/** Why a text is no service expression: what was found and what was expected, and the text that was probably meant. */
export interface ServiceProblem {
  readonly kind: "syntax" | "protocol" | "port" | "reversed" | "icmp-type" | "number";
  readonly problem: string;
  readonly meant?: string;
  /** The names that were possible in the place of the one that is unknown, each as a whole expression. */
  readonly known?: readonly string[];
}

/** Reads `tcp|udp|sctp/PORT`, `/LOW-HIGH` or `/*`; `icmp` or `icmpv6`, alone or with `/TYPE-NAME`; `proto/NUMBER`; `all`. */
export function parseServiceExpression(text: string): Service | ServiceProblem {
  if (text === "all") return "all";
  const slash = text.indexOf("/");
  const protocol = slash < 0 ? text : text.slice(0, slash);
  const rest = slash < 0 ? undefined : text.slice(slash + 1);
  switch (protocol) {
    case "tcp":
    case "udp":
    case "sctp":
      return rest === undefined ? missingPort(protocol) : parsePorts(protocol, rest);
    case "icmp":
    case "icmpv6":
      return rest === undefined ? wholeProtocol(PROTOCOLS[protocol]) : parseIcmpType(protocol, rest);
    case "proto":
      return parseProtocolNumber(text, rest);
    default:
      return unknownProtocol(text, protocol, rest);
  }
}

function missingPort(protocol: PortProtocol): ServiceProblem {
  return {
    kind: "syntax",
    problem: `'${protocol}' says no port, expected ${protocol}/PORT, ${protocol}/LOW-HIGH or ${protocol}/*`,
    meant: `${protocol}/*`,
  };
}

function parsePorts(protocol: PortProtocol, rest: string): Service | ServiceProblem {
  if (rest === "*") return wholeProtocol(PROTOCOLS[protocol]);
  const text = `${protocol}/${rest}`;
  const [lowText = "", highText = lowText, ...more] = rest.split("-");
  const bad = more.length > 0 ? rest : [lowText, highText].find((port) => !/^(0|[1-9]\d*)$/.test(port));
  if (bad !== undefined)
    return {
      kind: "port",
      problem: `'${text}' has the port '${bad}', expected ${protocol}/PORT, ${protocol}/LOW-HIGH or ${protocol}/*`,
    };
  const low = Number(lowText);
  const high = Number(highText);
  // Nothing is addressed to port 0 in earnest, so alone it is a slip of the pen; at the low end of a range it does no harm.
  if (high > HIGHEST_NUMBER || low > HIGHEST_NUMBER || high === 0)
    return {
      kind: "port",
      problem: `'${text}' has the port ${low > HIGHEST_NUMBER ? lowText : highText}, expected 1 to ${HIGHEST_NUMBER}`,
    };
  if (low > high)
    return {
      kind: "reversed",
      problem: `'${text}' ends before it begins, expected the lower port first`,
      meant: `${protocol}/${high}-${low}`,
    };
  return [{ protocol: PROTOCOLS[protocol], low, high }];
}

function parseIcmpType(protocol: IcmpProtocol, name: string): Service | ServiceProblem {
  const type = ICMP_TYPES[protocol].get(name);
  if (type !== undefined) return [{ protocol: PROTOCOLS[protocol], low: type * 256, high: type * 256 + 255 }];
  const named = /^\d+$/.test(name) ? icmpTypeName(protocol, Number(name)) : undefined;
  return {
    kind: "icmp-type",
    problem: `'${protocol}/${name}' has no ${protocol} type that nftables names`,
    ...(named === undefined ? {} : { meant: `${protocol}/${named}` }),
    known: [...ICMP_TYPES[protocol].keys()].map((known) => `${protocol}/${known}`),
  };
}

function parseProtocolNumber(text: string, rest: string | undefined): Service | ServiceProblem {
  const number = Number(rest);
  if (rest !== undefined && /^(0|[1-9]\d*)$/.test(rest) && number <= HIGHEST_PROTOCOL)
    return wholeProtocol(number);
  return {
    kind: "number",
    problem: `'${text}' names no IP protocol, expected proto/NUMBER with a number from 0 to ${HIGHEST_PROTOCOL}`,
  };
}

function unknownProtocol(text: string, protocol: string, rest: string | undefined): ServiceProblem {
  const names = [...Object.keys(PROTOCOLS), "proto"];
  return {
    kind: "protocol",
    problem: `'${text}' has the protocol '${protocol}', expected tcp, udp, sctp, icmp, icmpv6 or proto/NUMBER`,
    known: rest === undefined ? names : names.map((name) => `${name}/${rest}`),
  };
}

function wholeProtocol(protocol: number): Service {
  return [{ protocol, low: 0, high: HIGHEST_NUMBER }];
}

/** Whether a flow with this protocol and number (see `ServiceTerm`) is addressed to the service. */
export function serviceHas(service: Service, protocol: number, number: number): boolean {
  if (service === "all") return true;
  for (const term of service)
    if (term.protocol === protocol) {
      if (!NAME_OF.has(protocol)) return true;
      if (term.low <= number && number <= term.high) return true;
    }
  return false;
}

export function isEmptyService(service: Service): boolean {
  return service !== "all" && service.length === 0;
}

export function unionServices(...services: readonly Service[]): Service {
  if (services.includes("all")) return "all";
  return normalize(services.flatMap(termsOf));
}

export function intersectServices(a: Service, b: Service): Service {
  if (a === "all") return b;
  if (b === "all") return a;
  return normalize(a.flatMap((term) => b.flatMap((other) => overlapOf(term, other) ?? [])));
}

/** What is in `a` and not in `b`. */
export function subtractServices(a: Service, b: Service): Service {
  if (b === "all") return [];
  return normalize(b.reduce((rest, hole) => rest.flatMap((term) => cut(term, hole)), termsOf(a)));
}

/** How many different things it is: ports, of ICMP types, and any other protocol is one. */
export function numbersIn(service: Service): number {
  if (service === "all") return Number.POSITIVE_INFINITY;
  return service.reduce((sum, { protocol, low, high }) => sum + (high - low + 1) / roomOf(protocol), 0);
}

function roomOf(protocol: number): number {
  const name = NAME_OF.get(protocol);
  if (name === undefined) return HIGHEST_NUMBER + 1;
  return name === "icmp" || name === "icmpv6" ? 256 : 1;
}

function termsOf(service: Service): readonly ServiceTerm[] {
  if (service !== "all") return service;
  return Array.from({ length: HIGHEST_PROTOCOL + 1 }, (_, protocol) => ({
    protocol,
    low: 0,
    high: HIGHEST_NUMBER,
  }));
}

function overlapOf(a: ServiceTerm, b: ServiceTerm): ServiceTerm | undefined {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return a.protocol === b.protocol && low <= high ? { protocol: a.protocol, low, high } : undefined;
}

function cut(term: ServiceTerm, hole: ServiceTerm): readonly ServiceTerm[] {
  if (overlapOf(term, hole) === undefined) return [term];
  if (!NAME_OF.has(term.protocol)) return [];
  return [
    { protocol: term.protocol, low: term.low, high: hole.low - 1 },
    { protocol: term.protocol, low: hole.high + 1, high: term.high },
  ].filter((rest) => rest.low <= rest.high);
}

/** Terms in any order, overlapping or not, as a service: sorted, merged, and `all` where nothing is left out. */
function normalize(terms: readonly ServiceTerm[]): Service {
  const sorted = terms.map(wholeIfNumberless).sort((a, b) => a.protocol - b.protocol || a.low - b.low);
  const merged: ServiceTerm[] = [];
  for (const term of sorted) {
    const open = merged.at(-1);
    if (open !== undefined && open.protocol === term.protocol && term.low <= open.high + 1)
      merged[merged.length - 1] = { ...open, high: Math.max(open.high, term.high) };
    else merged.push(term);
  }
  const whole = merged.filter((term) => term.low === 0 && term.high === HIGHEST_NUMBER);
  return whole.length === HIGHEST_PROTOCOL + 1 ? "all" : merged;
}

function wholeIfNumberless(term: ServiceTerm): ServiceTerm {
  return NAME_OF.has(term.protocol) ? term : { protocol: term.protocol, low: 0, high: HIGHEST_NUMBER };
}

/**
 * Readable parts: `tcp/443`, `udp/*`, `icmp/echo-request`, `proto/47`, `all`; nothing for an empty service. What no expression can
 * say (some codes of an ICMP type, types without a name) is written alike with numbers: `icmp/3 code 4`, `icmp/19-255`.
 */
export function formatService(service: Service): string[] {
  return service === "all" ? ["all"] : service.flatMap(formatTerm);
}

function formatTerm(term: ServiceTerm): string[] {
  const name = NAME_OF.get(term.protocol);
  if (name === undefined) return [`proto/${term.protocol}`];
  const whole = term.low === 0 && term.high === HIGHEST_NUMBER;
  if (name === "icmp" || name === "icmpv6") return whole ? [name] : formatTypes(name, term);
  if (whole) return [`${name}/*`];
  return [term.low === term.high ? `${name}/${term.low}` : `${name}/${term.low}-${term.high}`];
}

/** Whole types that have names one by one, runs of those that have none as numbers, and parts of types with their codes. */
function formatTypes(protocol: IcmpProtocol, term: ServiceTerm): string[] {
  const parts: string[] = [];
  for (let low = term.low; low <= term.high; ) {
    const type = low >> 8;
    const end = Math.min(type * 256 + 255, term.high);
    const name = icmpTypeName(protocol, type) ?? `${type}`;
    let next = end + 1;
    if (low % 256 !== 0 || end % 256 !== 255) {
      const codes = low === end ? `${low % 256}` : `${low % 256}-${end % 256}`;
      parts.push(`${protocol}/${name} code ${codes}`);
    } else if (name !== `${type}`) parts.push(`${protocol}/${name}`);
    else {
      while (next + 255 <= term.high && icmpTypeName(protocol, next >> 8) === undefined) next += 256;
      const last = (next >> 8) - 1;
      parts.push(last === type ? `${protocol}/${type}` : `${protocol}/${type}-${last}`);
    }
    low = next;
  }
  return parts;
}
