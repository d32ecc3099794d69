import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { expect, test } from "vitest";
import type { JoinedFlow } from "../../store/flows/joined-flow.ts";
import { foretell } from "./foretelling.ts";

const BASE = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
  pay: { names: [pay.example] }
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web } }
  web-2: { addresses: [10.0.0.12, "fd00::12"], labels: { role: web } }
  db-1: { addresses: [10.0.0.21, "fd00::21"], labels: { role: db } }
rules:
`;

function policy(rules: string): ResolvedPolicy {
  const { policy: read, problems } = parsePolicy([{ name: "p.yaml", text: `${BASE}${rules}` }]);
  if (read === undefined) throw new Error(JSON.stringify(problems));
  return resolvePolicy(read, buildInventory(read));
}

const ORDERS = "  - { name: orders, allow: tcp/5432, from: web, to: db }\n";

function seen(some: Partial<JoinedFlow> & { from?: string; to?: string; unit?: string } = {}): JoinedFlow {
  const { from = "10.0.0.11", to = "10.0.0.21", unit, ...rest } = some;
  return {
    ...{
      start: 1,
      end: 2,
      protocol: 6,
      service: 5432,
      connections: 1,
      packets: 1,
      bytes: 1,
      ended: 1,
      lasted: 1,
    },
    source: { address: from, host: from, ...(unit !== undefined && { unit }) },
    destination: { address: to, host: "db-1" },
    ...{ verdict: "allow", egress: null, ingress: null, confirmed: true, unconfirmed: false },
    ...rest,
  };
}

function told(flows: readonly JoinedFlow[], next: string, active = ORDERS) {
  const server = [{ address: "192.0.2.8", port: 8444 }];
  const raw = flows.map((flow) => ({
    ...{ group: undefined, connections: flow.connections },
    joined: () => [flow],
  }));
  return foretell(raw, { active: policy(active), next: policy(next), limit: 10, server }, () => {});
}

test("an agent's own way to its server is no news, as nothing can cut it; another way there is", () => {
  const toServer = (service: number) => ({
    ...seen({ service }),
    destination: { address: "192.0.2.8" },
  });
  const { breaks } = told(
    [toServer(8444), toServer(8443)],
    "  []",
    "  - { allow: all, from: web, to: any }\n",
  );
  expect(breaks.list).toMatchObject([{ service: "tcp/8443" }]);
});

test("what still gets through is no news; what would not is told with the rule or the default that denies it", () => {
  expect(told([seen()], ORDERS)).toMatchObject({ judged: 1, breaks: { flows: 0 }, opens: { flows: 0 } });
  const { breaks } = told(
    [seen(), seen({ from: "10.0.0.12", connections: 5 })],
    `${ORDERS}  - { name: closed, deny: tcp/5432, from: any, to: db }\n`,
  );
  expect(breaks.connections).toBe(6);
  expect(breaks.list[0]).toMatchObject({
    ...{ connections: 5, active: { verdict: "allow" }, unsure: false },
    next: { verdict: "deny", host: "web-2", rule: { name: "closed" } },
  });
});

test("one host by several of its addresses is one; an address that nobody recorded is counted apart", () => {
  const v6 = seen({ from: "fd00::12", to: "fd00::21" });
  const flows = [
    seen({ from: "10.0.0.12" }),
    { ...v6, source: { address: "fd00::12", host: "10.0.0.12" } },
    seen({ from: "others" }),
  ];
  const { breaks, judged, unjudged } = told(flows, "  []");
  expect([judged, unjudged]).toEqual([2, 1]);
  expect(breaks).toMatchObject({ flows: 2, connections: 2, list: [{ connections: 2 }] });
});

test("what the active policy denies already is told apart, and so is what was denied and would get through", () => {
  const { breaks, brokenAlready, opens } = told(
    [seen(), seen({ service: 22, verdict: "deny" })],
    "  - { allow: tcp/22, from: web, to: db }\n",
    "  []",
  );
  expect(breaks.flows).toBe(0);
  expect(brokenAlready.list).toMatchObject([{ service: "tcp/5432" }]);
  expect(opens.list).toMatchObject([{ service: "tcp/22", recorded: { verdict: "deny" } }]);
});

test("where no process was recorded and some would still get through, that is said", () => {
  const narrowed = "  - { allow: tcp/5432, from: { segment: web, unit: shop.service }, to: db }\n";
  expect(told([seen()], narrowed).breaks.list).toMatchObject([{ unsure: true }]);
  expect(told([seen({ unit: "other.service" })], narrowed).breaks.list).toMatchObject([{ unsure: false }]);
  expect(told([seen({ unit: "shop.service" })], narrowed).breaks.flows).toBe(0);
});

test("a peer that a rule knew by its DNS name is asked about by that name, as long as the rule is there", () => {
  const paying = "  - { name: paying, allow: tcp/443, from: web, to: pay }\n";
  const rule = { name: "paying", file: "p.yaml", line: 1 };
  const flow = seen({ to: "192.0.2.7", service: 443, egress: { host: "web-1", verdict: "allow", rule } });
  expect(told([flow], paying).breaks.flows).toBe(0);
  expect(told([flow], ORDERS, paying).breaks.flows).toBe(1);
});
