import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import { expect, test } from "vitest";
import { resolveFiles } from "../policy/served-policy.ts";
import { hostsOutside, standings } from "./standings.ts";

const TEXT = `segments:
  web: { select: "role=web", mode: { ingress: enforce } }
  prod: { select: "env=prod", mode: observe }
  office: { addresses: [198.51.100.0/24] }
rules:
  - { name: front, allow: tcp/443, from: office, to: web }
  - { name: within, allow: tcp/80, from: web, to: web }
`;
const host = (name: string, address: string, labels: Record<string, string>) => ({
  ...{ name, labels, managed: true },
  addresses: [address],
});
const JOINED = [
  host("web-1", "10.0.0.1", { role: "web", env: "prod" }),
  host("web-2", "10.0.0.2", { role: "web" }),
  host("lost-1", "10.0.0.3", {}),
];

function resolved() {
  const found = resolveFiles([{ name: "p.yaml", text: TEXT }], JOINED, 0);
  if (found instanceof Error) throw found;
  return found;
}

const edge = (source: EdgeView["source"], verdict: EdgeView["verdict"], connections: number): EdgeView => ({
  ...{ source, verdict, connections, destination: { host: "web-1" }, service: "tcp/22" },
  ...{ flows: 1, unconfirmed: 0, packets: 0, bytes: 0, start: 0, end: 0 },
});

test("what was stopped counts for the segments of both ends, and once where both are in the same", () => {
  const stopped = [
    edge({ host: "web-2" }, "would-deny", 3),
    edge({ segment: "office", address: "198.51.100.7" }, "deny", 5),
    edge({ address: "203.0.113.9" }, "deny", 7),
  ];
  const told = standings(resolved(), [], stopped).map(({ segment, members, rules, denied, wouldDeny }) => [
    ...[segment.name, members.length, rules, denied, wouldDeny],
  ]);
  expect(told).toEqual([
    ["web", 2, 2, 12, 3],
    ["prod", 1, 0, 12, 3],
    ["office", 0, 1, 5, 0],
  ]);
});

test("a direction of which a segment says nothing is as the policy has it; addresses have no mode", () => {
  expect(standings(resolved(), [], []).map(({ says }) => says)).toEqual([
    { ingress: "enforce", egress: "enforce" },
    { ingress: "observe", egress: "observe" },
    undefined,
  ]);
});

test("a host that no segment chooses is told", () => {
  expect(hostsOutside(resolved())).toEqual(["lost-1"]);
});
