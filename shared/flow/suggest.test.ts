import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePolicy } from "../policy/parse.ts";
import { formatProblem } from "../policy/problem.ts";
import { evaluate } from "../rules/evaluate.ts";
import { resolvePolicy } from "../rules/resolve.ts";
import { buildInventory } from "../segments/inventory.ts";
import type { FlowRecord } from "./record.ts";
import { suggest } from "./suggest.ts";

const POLICY = `mode: observe
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web } }
  db-1: { addresses: [10.0.0.21], labels: { role: db } }
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
`;
const DB = { host: "db-1", addresses: ["10.0.0.21"], segment: "db" };

function seen(more: Partial<FlowRecord> & { readonly from?: string } = {}): FlowRecord {
  const { from = "10.0.0.11", ...fields } = more;
  return {
    bucket: 0,
    start: 0,
    end: Date.UTC(2026, 10, 23),
    direction: "ingress",
    verdict: "would-deny",
    local: { address: "10.0.0.21", unit: "postgresql.service" },
    remote: { address: from, ...(from === "10.0.0.11" && { host: "web-1", segment: "web" }) },
    protocol: 6,
    service: 5432,
    rule: null,
    connections: 5,
    packets: 10,
    bytes: 1000,
    ended: 0,
    lasted: 0,
    ...fields,
  };
}

/** The suggestion beside the policy that it was made under. */
function together(text: string) {
  const { policy, problems } = parsePolicy([
    { name: "shop.yaml", text: POLICY },
    { name: "suggested.yaml", text },
  ]);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (policy === undefined) throw new Error(`${errors.map(formatProblem).join("\n")}\n${text}`);
  return resolvePolicy(policy, buildInventory(policy));
}

function verdictOf(text: string, { direction, remote, protocol, service }: FlowRecord): string {
  const [source, destination] =
    direction === "ingress" ? [remote.address, "10.0.0.21"] : ["10.0.0.21", remote.address];
  const { egress, ingress } = evaluate(together(text), { source, destination, protocol, number: service });
  return (direction === "ingress" ? ingress : egress)?.verdict ?? "nobody judges it";
}

describe("a suggestion", () => {
  test("names the policy's own segments, what people call the service, and who did it", () => {
    const { text, connections } = suggest([seen(), seen({ service: 6432 }), seen({ connections: 2 })], DB);
    expect(connections).toEqual({ seen: 12, covered: 12, leftOut: 0 });
    expect(text).toContain("# postgres, pgbouncer\n");
    expect(text).toContain("allow: [tcp/5432, tcp/6432], from: web, to: db,");
    expect(text).toContain('note: "12 connections, last 2026-11-23, postgresql.service"');
    expect(text).not.toContain("segments:");
  });

  test("makes a segment of addresses that are in none, once for the same addresses", () => {
    const from = ["10.9.0.5", "10.9.0.4"];
    const { text } = suggest(
      from.flatMap((one) => [seen({ from: one }), seen({ from: one, service: 22, direction: "egress" })]),
      DB,
    );
    expect(text.match(/addresses: \[10\.9\.0\.4, 10\.9\.0\.5\]/g)).toHaveLength(1);
    expect(text).toMatch(/suggested-ingress-1, allow: tcp\/5432, from: suggested-peers-1, to: db/);
    expect(text).toMatch(/suggested-egress-1, allow: tcp\/22, from: db, to: suggested-peers-1/);
  });

  test("leaves out scans and what was seen once, with the reason", () => {
    const scan = Array.from({ length: 9 }, (_, at) => seen({ from: "10.6.6.6", service: 100 + at }));
    const quiet = scan.map((record) => ({ ...record, connections: 2 }));
    const { connections, text } = suggest([seen(), ...quiet, seen({ from: "10.8.8.8", connections: 1 })], DB);
    expect(connections).toEqual({ seen: 24, covered: 5, leftOut: 19 });
    expect(text).toContain("tcp/100 from 10.6.6.6: 2 connections; it tried many services, as a scan does");
    expect(text).toContain("tcp/5432 from 10.8.8.8: 1 connection; seen once");
  });

  test("says any for strangers from everywhere, and that this is wider than what was seen", () => {
    const { text } = suggest(
      Array.from({ length: 60 }, (_, at) => seen({ from: `198.${at}.0.7`, service: 443 })),
      DB,
    );
    expect(text).toMatch(/allow: tcp\/443, from: any, to: db, note: ".*widened to any"/);
  });

  test("does not speak for what a rule speaks of, nor for what is never judged", () => {
    const rule = { name: "r", file: "shop.yaml", line: 9 };
    const solicitation = { protocol: 58, service: 135 * 256, verdict: "allow" } as const;
    const { text } = suggest(
      [seen({ rule }), seen({ rule, verdict: "allow" }), seen({ verdict: "deny" }), seen(solicitation)],
      DB,
    );
    expect(text).toContain("There is nothing to suggest");
  });

  test("stands for a host that is in no segment by its addresses", () => {
    const { text } = suggest([seen()], { host: "Db.example", addresses: ["10.0.0.21"], segment: undefined });
    expect(text).toContain("suggested-host-db-example: { addresses: [10.0.0.21] }");
    expect(verdictOf(text, seen())).toBe("allow");
  });
});

const records = fc.array(
  fc.record({
    from: fc.constantFrom("10.0.0.11", "10.9.0.4", "10.9.0.5", "fd00::9", "192.0.2.77", "198.51.100.3"),
    direction: fc.constantFrom("ingress" as const, "egress" as const),
    protocol: fc.constantFrom(6, 17, 1, 47, 132),
    service: fc.integer({ min: 0, max: 65535 }),
    connections: fc.integer({ min: 0, max: 9 }),
    verdict: fc.constantFrom("would-deny" as const, "allow" as const),
  }),
  { maxLength: 30 },
);

test("whatever was seen: the text is a valid policy beside the old one, the same each time, and allows all that it covers", () => {
  fc.assert(
    fc.property(records, (some) => {
      const all = some
        .filter(({ from }) => !from.includes(":"))
        .map((one) => seen({ ...one, service: one.protocol === 47 ? 0 : one.service }));
      const { text, leftOut, connections } = suggest(all, DB);
      expect(suggest(all.toReversed(), DB).text).toBe(text);
      expect(connections.covered + connections.leftOut).toBe(connections.seen);
      const odd = new Set(leftOut.map(({ observed }) => `${observed.direction} ${observed.address}`));
      for (const record of all)
        if (!odd.has(`${record.direction} ${record.remote.address}`))
          expect(verdictOf(text, record)).toBe("allow");
    }),
    { numRuns: 150 },
  );
});
