/** The reason for a judgement, in words. */

import { formatService, PROTOCOLS } from "../net/service.ts";
import type { Mode } from "../policy/policy.ts";
import type { LocalFlow } from "./flow-end.ts";
import type { HostRule, LocalPart, RuleRef } from "./host-policy.ts";

/** What a reason speaks of. */
export interface Subject {
  readonly host: string;
  readonly mode: Mode;
  readonly flow: LocalFlow;
}

/** A rule and where it stands; the place once, where it is also the name. */
export function nameRule({ name, file, line }: RuleRef): string {
  const place = `${file}:${line}`;
  return name === place ? place : `${name} (${place})`;
}

export function whyNeverJudged(what: string): string {
  return `never judged: ${what}`;
}

export function whyAllowed(subject: Subject, { rule, local }: HostRule): string {
  const { flow } = subject;
  const off = subject.mode === "off" ? `${modeOf(subject)}; ` : "";
  return `${off}${nameRule(rule)} allows ${flowWords(flow)}${processOf(local, flow)}`;
}

export function whyDenied(subject: Subject, { rule, local }: HostRule): string {
  const { flow } = subject;
  const what = `${flowWords(flow)}${processOf(local, flow)}`;
  if (subject.mode === "off") return `${modeOf(subject)}; ${nameRule(rule)} would deny ${what}`;
  return `${nameRule(rule)} denies ${what}; ${modeOf(subject)}`;
}

/** @param nearMisses rules that would allow it, were it another process or another time. */
export function whyDefault(subject: Subject, nearMisses: readonly HostRule[]): string {
  const said = `no rule allows ${flowWords(subject.flow)}; ${modeOf(subject)}`;
  const [nearest] = nearMisses;
  return nearest === undefined ? said : `${said}; ${nearMiss(nearest, subject.flow)}`;
}

/** A flow's service: `tcp/22`, `icmp/echo-request`. */
export function serviceWord(protocol: number, number: number): string {
  if (protocol === PROTOCOLS.tcp) return `tcp/${number}`;
  if (protocol === PROTOCOLS.udp) return `udp/${number}`;
  const isIcmp = protocol === PROTOCOLS.icmp || protocol === PROTOCOLS.icmpv6;
  // Code 0 is what nearly all types have and nobody mentions.
  const high = isIcmp && number % 256 === 0 ? number + 255 : number;
  return formatService([{ protocol, low: number, high }]).join(" ");
}

function flowWords({ direction, local, peer, protocol, number }: LocalFlow): string {
  const [source, destination] = direction === "egress" ? [local, peer] : [peer, local];
  return `${serviceWord(protocol, number)} from ${source.label} to ${destination.label}`;
}

function modeOf({ host, mode, flow: { direction } }: Subject): string {
  switch (mode) {
    case "enforce":
      return `${host} enforces ${direction}`;
    case "observe":
      return `${host} only observes ${direction}`;
    case "off":
      return `${host} is off for ${direction}`;
  }
}

function processOf({ unit, user }: LocalPart, { direction }: LocalFlow): string {
  if (direction === "ingress") return unit === undefined ? "" : ` if ${unit} is what listens`;
  const parts = [
    ...(unit === undefined ? [] : [`unit ${unit}`]),
    ...(user === undefined ? [] : [`user ${user}`]),
  ];
  return parts.length === 0 ? "" : ` as ${parts.join(" and ")}`;
}

function nearMiss({ rule, local, expires }: HostRule, flow: LocalFlow): string {
  const process = processOf(local, flow);
  if (process !== "") return `${nameRule(rule)} allows it only${process}`;
  return `${nameRule(rule)} allowed it until ${new Date(expires ?? 0).toISOString()}`;
}
