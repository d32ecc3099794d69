/** Policies of any size, the same ones each time: what the benchmarks feed to the pipeline. */

import type { Group, HostPolicy, HostRule } from "@bulkhead/shared/rules/host-policy.ts";

export interface EstateSize {
  readonly segments: number;
  readonly rules: number;
  readonly hosts: number;
}

const ROLES = ["web", "api", "db"] as const;
const ENVIRONMENTS = ["prod", "staging", "dev"] as const;

/** The n-th address of 10.0.0.0/8, from 10.0.0.1 on. */
export function addressNumber(n: number): string {
  const value = n + 1;
  return `10.${(value >> 16) & 255}.${(value >> 8) & 255}.${value & 255}`;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new RangeError("an empty list");
  return item;
}

/**
 * An estate of applications with three tiers each: a segment per application and tier, rules from tier to tier and between neighbouring
 * applications, hosts spread evenly over all of them and over three environments. As YAML files, as people would keep them.
 */
export function estateFiles(size: EstateSize): { name: string; text: string }[] {
  return [
    { name: "hosts.yaml", text: hostsText(size) },
    { name: "rules.yaml", text: rulesText(size) },
    { name: "segments.yaml", text: segmentsText(size) },
  ];
}

function segmentName(n: number): string {
  return `app${Math.floor(n / ROLES.length)}-${at(ROLES, n)}`;
}

function segmentsText({ segments }: EstateSize): string {
  const lines = Array.from({ length: segments }, (_, n) => {
    const selector = `app=app${Math.floor(n / ROLES.length)}, role=${at(ROLES, n)}`;
    return `  ${segmentName(n)}: { select: "${selector}" }`;
  });
  return `segments:\n${lines.join("\n")}\nservices:\n  postgres: [tcp/5432, tcp/6432-6439]\n`;
}

function rulesText({ rules, segments }: EstateSize): string {
  const lines = Array.from({ length: rules }, (_, n) => {
    const to = n % segments;
    // Neighbours first, then ever more distant applications, so that no two rules are alike.
    const from = (to + 1 + Math.floor(n / segments) * 7) % segments;
    const service = n % 3 === 0 ? "postgres" : `tcp/${1024 + (n % 400)}`;
    const same = n % 4 === 0 ? ", same: [env]" : "";
    const action = n % 50 === 49 ? "deny" : "allow";
    return `  - { name: rule-${n}, ${action}: ${service}, from: ${segmentName(from)}, to: ${segmentName(to)}${same} }`;
  });
  return `rules:\n${lines.join("\n")}\n`;
}

function hostsText({ hosts, segments }: EstateSize): string {
  const lines = Array.from({ length: hosts }, (_, n) => {
    const segment = n % segments;
    const labels = `app: app${Math.floor(segment / ROLES.length)}, role: ${at(ROLES, segment)}, env: ${at(ENVIRONMENTS, Math.floor(n / segments))}`;
    return `  host-${n}: { addresses: [${addressNumber(n)}, "fd00::${(n + 1).toString(16)}"], labels: { ${labels} } }`;
  });
  return `hosts:\n${lines.join("\n")}\n`;
}

export interface HostPolicySize {
  readonly rules: number;
  /** Addresses, spread over the groups. */
  readonly members: number;
  readonly groups: number;
  /** Into how many ports the rules are spread; the port that is asked for has as many rules as the others. */
  readonly ports: number;
}

/** The port that the last rule allows from the last group: what the benchmarks connect to. */
export const ASKED_PORT = 8443;
/** Two more ports under the same rules, for servers of other kinds. */
export const ANSWERING_PORT = 8444;
export const STREAM_PORT = 8445;

/**
 * What one host must enforce: `rules` ingress rules over `groups` groups. The last rule alone lets `peer` reach ASKED_PORT, so a flow of it
 * passes all other rules of its port first.
 */
export function hostPolicyOfSize(size: HostPolicySize, ends: { peer: string; host: string }): HostPolicy {
  const groups: Record<string, Group> = {};
  const each = Math.floor(size.members / size.groups);
  for (let g = 0; g < size.groups; g += 1) {
    const members = Array.from({ length: each }, (_, m) => addressNumber(g * each + m));
    if (g === size.groups - 1) members[each - 1] = ends.peer;
    groups[`group${g}`] = { kind: "hosts", segment: `group${g}`, same: {}, members };
  }
  const rules = Array.from({ length: size.rules }, (_, n) => ingressRule(size, n));
  return {
    formatVersion: 1,
    host: "bench",
    addresses: [ends.host],
    modes: { ingress: "enforce", egress: "off" },
    groups,
    rules,
  };
}

function ingressRule({ rules, groups, ports }: HostPolicySize, n: number): HostRule {
  const last = n === rules - 1;
  // The last rule's port comes round every `ports` rules; its group, the last one, is in no other rule.
  const fromEnd = rules - 1 - n;
  const port = fromEnd % ports === 0 ? ASKED_PORT : 1024 + (fromEnd % ports);
  const group = last ? groups - 1 : n % Math.max(1, groups - 1);
  return {
    direction: "ingress",
    action: "allow",
    rule: { name: `rule-${n}`, file: "bench.yaml", line: n + 1 },
    service: [
      { protocol: 6, low: port, high: port === ASKED_PORT ? STREAM_PORT : port },
      { protocol: 17, low: port, high: port },
    ],
    local: {},
    peers: [{ kind: "group", group: `group${group}` }],
  };
}
