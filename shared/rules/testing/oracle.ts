/**
 * What POLICY.md says, in the plainest way: no groups, no host policies, no indexes, no parser of ours. It reads the policy's sections as
 * they are written. `evaluate()` must agree with it.
 */

import ipaddr from "ipaddr.js";
import type { Mode } from "../../policy/policy.ts";
import type { Flow } from "../flow.ts";
import type { EndText, RuleText, Sections } from "./arbitrary-policy.ts";

export interface Expected {
  readonly verdict: "allow" | "deny" | "would-deny";
  readonly egress: ExpectedJudgement | null;
  readonly ingress: ExpectedJudgement | null;
}

export interface ExpectedJudgement {
  readonly host: string;
  readonly mode: Mode;
  readonly verdict: "allow" | "deny" | "would-deny";
  readonly rule: string | null;
}

type Direction = "ingress" | "egress";
type Labels = Readonly<Record<string, string>>;

const SELECTORS: Readonly<Record<string, (labels: Labels) => boolean>> = {
  "role=web": ({ role }) => role === "web",
  "role=db": ({ role }) => role === "db",
  "role in (web, api)": ({ role }) => role === "web" || role === "api",
  "env=prod": ({ env }) => env === "prod",
  "env!=prod": ({ env }) => env !== "prod",
  "!env": ({ env }) => env === undefined,
  "role=web, env=dev": ({ role, env }) => role === "web" && env === "dev",
  "host=h0": ({ host }) => host === "h0",
};

const SERVICES: Readonly<Record<string, (protocol: number, number: number) => boolean>> = {
  "tcp/80": (protocol, port) => protocol === 6 && port === 80,
  "tcp/80-82": (protocol, port) => protocol === 6 && port >= 80 && port <= 82,
  "tcp/82-90": (protocol, port) => protocol === 6 && port >= 82 && port <= 90,
  "tcp/*": (protocol) => protocol === 6,
  "udp/53": (protocol, port) => protocol === 17 && port === 53,
  "icmp/echo-request": (protocol, number) => protocol === 1 && number >> 8 === 8,
  icmpv6: (protocol) => protocol === 58,
  "proto/47": (protocol) => protocol === 47,
  all: () => true,
};

export function expectedOf(sections: Sections, flow: Flow): Expected {
  const source = hostWith(sections, flow.source);
  const destination = hostWith(sections, flow.destination);
  if (source !== undefined && source === destination)
    return { verdict: "allow", egress: null, ingress: null };
  const egress =
    source === undefined ? null : judgement(sections, flow, { direction: "egress", host: source });
  const ingress = destination === undefined ? null : luckiest(sections, flow, destination);
  const verdicts = [egress?.verdict, ingress?.verdict];
  const verdict = verdicts.includes("deny")
    ? "deny"
    : verdicts.includes("would-deny")
      ? "would-deny"
      : "allow";
  return { verdict, egress, ingress };
}

/** Without a word on who listens, the best that any listener would get; an unnamed one goes first. */
function luckiest(sections: Sections, flow: Flow, host: string): ExpectedJudgement {
  const listeners = flow.listener === undefined ? [undefined, ...unitsOf(sections)] : [flow.listener];
  const order = ["allow", "would-deny", "deny"];
  return listeners
    .map((unit) => judgement(sections, flow, { direction: "ingress", host, unit }))
    .reduce((best, one) => (order.indexOf(one.verdict) < order.indexOf(best.verdict) ? one : best));
}

/** In the order in which rules name them. */
function unitsOf({ rules }: Sections): readonly (string | undefined)[] {
  return rules.flatMap(({ to }) => to).flatMap((end) => (typeof end === "string" ? [] : end.unit));
}

interface Here {
  readonly direction: Direction;
  readonly host: string;
  /** Who listens, on ingress. */
  readonly unit?: string | undefined;
}

function judgement(sections: Sections, flow: Flow, here: Here): ExpectedJudgement {
  const { host, direction } = here;
  const mode = modeOf(sections, host, direction);
  if (isNeverJudged(flow, direction)) return { host, mode, verdict: "allow", rule: null };
  const matching = (action: "allow" | "deny") =>
    sections.rules.find((rule) => rule[action] !== undefined && matches(sections, rule, flow, here));
  const denied = mode === "enforce" ? "deny" : mode === "observe" ? "would-deny" : "allow";
  // 1. a matching deny rule: denied;
  const deny = matching("deny");
  if (deny !== undefined) return { host, mode, verdict: denied, rule: mode === "off" ? null : deny.name };
  // 2. else a matching allow rule: allowed;
  const allow = matching("allow");
  if (allow !== undefined) return { host, mode, verdict: "allow", rule: allow.name };
  // 3. else the host's mode for that direction.
  return { host, mode, verdict: denied, rule: null };
}

function matches(sections: Sections, rule: RuleText, flow: Flow, here: Here): boolean {
  const [localEnds, peerEnds] = here.direction === "egress" ? [rule.from, rule.to] : [rule.to, rule.from];
  const [local, peer] =
    here.direction === "egress" ? [flow.source, flow.destination] : [flow.destination, flow.source];
  if (rule.expires !== undefined && (flow.now ?? 0) >= Date.parse(rule.expires)) return false;
  if (
    ![rule.allow ?? rule.deny ?? []].flat().some((service) => SERVICES[service]?.(flow.protocol, flow.number))
  )
    return false;
  const peerHost = hostWith(sections, peer);
  for (const label of rule.same ?? []) {
    const [mine, theirs] = [here.host, peerHost].map((host) => labelsOf(sections, host)[label]);
    if (mine === undefined || mine !== theirs) return false;
  }
  return (
    localEnds.some((end) => holds(sections, end, local) && isProcess(end, flow, here)) &&
    peerEnds.some((end) => holds(sections, end, peer) && (rule.allow !== undefined || !isNarrowed(end)))
  );
}

function isProcess(end: EndText, flow: Flow, { direction, unit }: Here): boolean {
  if (typeof end === "string") return true;
  const process = direction === "egress" ? { unit: flow.unit, user: flow.user } : { unit, user: undefined };
  return (
    (end.unit === undefined || end.unit === process.unit) &&
    (end.user === undefined || end.user === process.user)
  );
}

function isNarrowed(end: EndText): boolean {
  return typeof end !== "string" && (end.unit !== undefined || end.user !== undefined);
}

function holds(sections: Sections, end: EndText, text: string): boolean {
  const name = typeof end === "string" ? end : end.segment;
  if (name === "any") return true;
  const host = hostWith(sections, text);
  if (name === "any-host") return host !== undefined;
  const segment = sections.segments[name];
  if (segment === undefined) return inBlock(name, text);
  if ("select" in segment) return host !== undefined && isMember(sections, name, host);
  if ("addresses" in segment) return segment.addresses.some((block) => inBlock(block, text));
  return segment.names.includes(text);
}

function isMember(sections: Sections, segment: string, host: string): boolean {
  const definition = sections.segments[segment];
  return (
    definition !== undefined &&
    "select" in definition &&
    SELECTORS[definition.select]?.(labelsOf(sections, host)) === true
  );
}

function modeOf(sections: Sections, host: string, direction: Direction): Mode {
  const mine = Object.keys(sections.segments).filter((segment) => isMember(sections, segment, host));
  if (mine.length === 0) return "off";
  const named = mine.flatMap((segment) => {
    const definition = sections.segments[segment];
    return definition !== undefined && "select" in definition ? (definition.mode?.[direction] ?? []) : [];
  });
  if (named.length === 0) return sections.mode;
  return named.includes("enforce") ? "enforce" : named.includes("observe") ? "observe" : "off";
}

function labelsOf({ hosts }: Sections, host: string | undefined): Labels {
  return host === undefined ? {} : { ...hosts[host]?.labels, host };
}

function hostWith({ hosts }: Sections, address: string): string | undefined {
  return Object.keys(hosts).find((host) => hosts[host]?.addresses.includes(address));
}

function inBlock(block: string, text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const [first = block, last] = block.split("-");
  if (last !== undefined) {
    const [low, at, high] = [first, text, last].map((one) => Number(one.split(".").at(-1)));
    return (
      address.kind() === "ipv4" &&
      text.startsWith("10.0.0.") &&
      Number(low) <= Number(at) &&
      Number(at) <= Number(high)
    );
  }
  const cidr = block.includes("/") ? block : `${block}/${block.includes(":") ? 128 : 32}`;
  const [network, length] = ipaddr.parseCIDR(cidr);
  return network.kind() === address.kind() && address.match(network, length);
}

/** Path MTU discovery; IPv6 neighbour, router and multicast listener discovery. */
function isNeverJudged({ protocol, number }: Flow, direction: Direction): boolean {
  const type = number >> 8;
  if (protocol === 1) return type === 3 && number % 256 === 4;
  if (protocol !== 58) return false;
  return [2, 131, 132, 133, 134, 135, 136, 143].includes(type) || (type === 130 && direction === "ingress");
}
