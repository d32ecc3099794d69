/** Random flows between the hosts of a small policy, and what their daemons have to have recorded of them. */

import fc from "fast-check";
import type { FlowLine } from "../../shared/flow/flow-line.ts";
import { serviceText } from "../../shared/flow/flow-line.ts";
import { parsePolicy } from "../../shared/policy/parse.ts";
import type { Direction } from "../../shared/policy/policy.ts";
import { formatProblem } from "../../shared/policy/problem.ts";
import { evaluate } from "../../shared/rules/evaluate.ts";
import type { RuleRef } from "../../shared/rules/host-policy.ts";
import type { Verdict } from "../../shared/rules/judgement.ts";
import { type ResolvedPolicy, resolvePolicy } from "../../shared/rules/resolve.ts";
import { buildInventory } from "../../shared/segments/inventory.ts";
import type { Estate } from "../estate/estate.ts";
import { parseService, type ServiceName } from "../estate/service.ts";

export const ADDRESSES = {
  "web-1": { 4: "10.0.0.11", 6: "fd00::11" },
  "db-1": { 4: "10.0.0.21", 6: "fd00::21" },
  "lab-1": { 4: "10.0.0.31", 6: "fd00::31" },
} as const;
export type HostName = keyof typeof ADDRESSES;
/** `web-1` has none: nothing is denied or recorded there. */
export const DAEMONS = ["db-1", "lab-1"] as const satisfies readonly HostName[];
export const SERVICES = [
  "tcp/5432",
  "udp/5433",
  "tcp/9000",
  "udp/9001",
  "tcp/8080",
  "udp/8081",
  "tcp/2323",
] as const;
const NAMES = Object.keys(ADDRESSES) as HostName[];

export const POLICY = `hosts:
${NAMES.map((name) => `  ${name}: { addresses: ["${ADDRESSES[name][4]}", "${ADDRESSES[name][6]}"], labels: { role: ${name.split("-")[0]} } }`).join("\n")}
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
  lab: { select: "role=lab", mode: observe }
rules:
  - { name: orders, allow: [tcp/5432, udp/5433], from: web, to: db }
  - { name: ping, allow: icmp, from: web, to: db }
  - { name: backup, allow: [tcp/9000, udp/9001], from: db, to: web }
  - { name: feed, allow: [tcp/8080, udp/8081, icmpv6], from: [web, db], to: lab }
  - { name: results, allow: udp/5433, from: lab, to: db }
  - { name: never, deny: tcp/2323, from: any, to: db }
`;

export interface PlannedFlow {
  readonly from: HostName;
  readonly to: HostName;
  readonly service: ServiceName;
  readonly family: 4 | 6;
  /** No two of a host's flows have the same, so that each is a connection or an attempt of its own. */
  readonly sourcePort: number;
}

const FIRST_PORT = 10_000;
const ARBITRARY = fc.record({
  pair: fc.shuffledSubarray(NAMES, { minLength: 2, maxLength: 2 }),
  service: fc.constantFrom<ServiceName>(...SERVICES, "icmp"),
  family: fc.constantFrom(4 as const, 6 as const),
});

export function randomFlows(seed: number, count: number): readonly PlannedFlow[] {
  return fc.sample(ARBITRARY, { seed, numRuns: count }).map(({ pair: [from, to], service, family }, at) => {
    if (from === undefined || to === undefined) throw new Error("a flow has two ends");
    return { from, to, service, family, sourcePort: FIRST_PORT + at };
  });
}

/** Sends them all at once. Milliseconds: what is denied has had time enough, and no SYN is sent again. */
export async function send(estate: Estate, flows: readonly PlannedFlow[]): Promise<void> {
  await Promise.all(
    NAMES.map((name) =>
      estate.host(name).probe(
        flows
          .filter(({ from }) => from === name)
          .map(({ to, service, family, sourcePort }) => ({
            to,
            service,
            family,
            sourcePort,
            timeout: 300,
          })),
      ),
    ),
  );
}

/** By what is recorded and of whom. */
export type Sums = ReadonlyMap<string, Sum>;

interface Sum {
  connections: number;
  /** Absent where nobody can know them, as of what is sent until an answer comes. */
  carried?: Carried;
}

/** What the flows add up to on each host with a daemon. */
export function sumsOfSent(flows: readonly PlannedFlow[]): Sums {
  const resolved = resolvedPolicy();
  const sums = new Map<string, Sum>();
  for (const flow of flows)
    for (const { host, carried, ...seen } of recordsOf(flow, resolved))
      add(sums, keyOf(host, seen), { connections: 1, ...(carried && { carried }) });
  return sums;
}

/** What the daemons say, in the same words; what was carried only where `sent` knows it. */
export function sumsOfRecorded(lines: Readonly<Record<string, readonly FlowLine[]>>, sent: Sums): Sums {
  const sums = new Map<string, Sum>();
  for (const [host, flows] of Object.entries(lines))
    for (const { direction, verdict, service, remote, rule, connections, packets, bytes } of flows) {
      const key = keyOf(host, { direction, verdict, service, remote: remote.address, rule });
      const carried = sent.get(key)?.carried && { packets, bytes };
      add(sums, key, { connections, ...(carried && { carried }) });
    }
  return sums;
}

function add(sums: Map<string, Sum>, key: string, { connections, carried }: Sum): void {
  const before = sums.get(key) ?? { connections: 0 };
  const { packets, bytes } = before.carried ?? { packets: 0, bytes: 0 };
  sums.set(key, {
    connections: before.connections + connections,
    ...(carried && { carried: { packets: packets + carried.packets, bytes: bytes + carried.bytes } }),
  });
}

interface Seen {
  readonly direction: Direction;
  readonly verdict: Verdict;
  readonly service: string;
  readonly remote: string;
  readonly rule: RuleRef | null;
}

function keyOf(host: string, { direction, verdict, service, remote, rule }: Seen): string {
  return `${host} ${verdict} ${direction} ${service} ${remote} ${rule?.name ?? "-"}`;
}

/** As `evaluate()` has it, at the ends that have a daemon and that the packet reaches. */
function recordsOf(
  flow: PlannedFlow,
  resolved: ResolvedPolicy,
): readonly (Seen & { readonly host: HostName; readonly carried: Carried | undefined })[] {
  const { from, to, family } = flow;
  const [source, destination] = [ADDRESSES[from][family], ADDRESSES[to][family]];
  const { protocol, port } = parseService(flow.service);
  const numbers = NUMBERS[family];
  const packet = { protocol: numbers[protocol], number: protocol === "icmp" ? numbers.echo : port };
  const { egress, ingress } = evaluate(resolved, { source, destination, ...packet });
  const ends = [
    { host: from, direction: "egress", remote: destination, judgement: egress },
    { host: to, direction: "ingress", remote: source, judgement: ingress },
  ] as const;
  const met = ends.filter(({ host }) => DAEMONS.some((name) => name === host));
  const stop = met.findIndex(({ judgement }) => judgement?.verdict === "deny");
  const service = serviceText({ protocol: packet.protocol, service: packet.number });
  return met.slice(0, stop < 0 ? met.length : stop + 1).map(({ host, direction, remote, judgement }) => {
    if (judgement === null) throw new Error(`${host} is not judged`);
    const { verdict, rule } = judgement;
    return {
      host,
      direction,
      remote,
      service,
      verdict,
      rule,
      carried: stop < 0 ? CARRIED[family][protocol] : undefined,
    };
  });
}

const NUMBERS = {
  4: { tcp: 6, udp: 17, icmp: 1, echo: 8 * 256 },
  6: { tcp: 6, udp: 17, icmp: 58, echo: 128 * 256 },
} as const;

interface Carried {
  readonly packets: number;
  readonly bytes: number;
}

/** A probe and its answer with their IP headers: a handshake and a reset, or 16 bytes there and back. */
const CARRIED = { 4: carriedOver(20), 6: carriedOver(40) } as const;

function carriedOver(header: number): Readonly<Record<"tcp" | "udp" | "icmp", Carried>> {
  const echo = { packets: 2, bytes: 2 * (header + 8 + 16) };
  return { tcp: { packets: 4, bytes: 4 * header + 40 + 40 + 32 + 32 }, udp: echo, icmp: echo };
}

function resolvedPolicy(): ResolvedPolicy {
  const { policy, problems } = parsePolicy([{ name: "shop.yaml", text: POLICY }]);
  if (policy === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  return resolvePolicy(policy, buildInventory(policy));
}
