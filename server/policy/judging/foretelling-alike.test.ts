import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OTHERS } from "@bulkhead/shared/flow/record.ts";
import { resolved } from "@bulkhead/shared/rules/testing/policies.ts";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { egress, ingress, later, tell } from "../../store/flows/fixtures/reports.ts";
import { openFlowStore } from "../../store/flows/flow-store.ts";
import { RecordedFlows } from "../../store/flows/recorded-flows.ts";
import { AddressClasses } from "./address-classes.ts";
import { foretell } from "./foretelling.ts";

const here = { directory: "" };

beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-foretelling-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const POLICY = `
segments:
  web: { select: role=web, mode: { egress: observe } }
  db: { select: role=db }
  office: { addresses: [192.0.2.0/31] }
hosts:
  web-1: { addresses: [10.0.0.11, "fd00::11"], labels: { role: web } }
  db-1: { addresses: [10.0.0.21], labels: { role: db } }
rules:
  - { name: base, allow: udp/1, from: web, to: db }
`;
const RULES = [
  "  - { name: orders, allow: tcp/5432, from: web, to: db }\n",
  "  - { name: office, allow: tcp/22, from: office, to: [web, db] }\n",
  "  - { name: one, deny: all, from: 192.0.2.3, to: any-host }\n",
  "  - { name: out, allow: tcp/*, from: { segment: web, unit: a.service }, to: any }\n",
  "  - { name: in, allow: [tcp/22, tcp/5432], from: any, to: any-host }\n",
];
const SERVER = [{ address: "192.0.2.8", port: 5432 }];

const strangers = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => `192.0.2.${at}`);
const address = fc.constantFrom("10.0.0.11", "10.0.0.21", OTHERS, ...strangers);
const record = fc
  .record({
    of: fc.constantFrom(egress, ingress),
    bucket: fc.nat(3).map(later),
    service: fc.constantFrom(22, 5432),
    verdict: fc.constantFrom("allow" as const, "allow" as const, "deny" as const, "would-deny" as const),
    remote: address.map((one) => ({ address: one })),
    unit: fc.constantFrom("a.service", "a.service", "b.service"),
    connections: fc.nat(9),
  })
  .map(({ of, unit, ...some }) => of({ ...some, local: { unit } }));
/** Mostly one flow between two ends, so that many are alike. */
const records = fc.uniqueArray(record, {
  ...{ minLength: 10, maxLength: 30 },
  selector: ({ direction, remote, service, connections }) =>
    `${direction} ${remote.address} ${service} ${connections === 0}`,
});

test("what is alike is judged once, and what is told is what judging each by itself tells", () => {
  fc.assert(
    fc.property(records, fc.subarray(RULES), fc.subarray(RULES), (some, old, draft) => {
      const path = join(here.directory, "flows.db");
      rmSync(path, { force: true });
      {
        using store = openFlowStore({ path, now: () => later(20) });
        tell(store, ...some);
      }
      const [active, next] = [resolved(POLICY + old.join("")), resolved(POLICY + draft.join(""))];
      const policies = { active, next, limit: 100, server: SERVER };
      const time = { since: 0, until: Number.MAX_SAFE_INTEGER };
      const classes = new AddressClasses([active, next], SERVER);
      using flows = new RecordedFlows(path);
      const alike = flows.raw(
        time,
        (one) => classes.of(one),
        () => {},
      );
      const told = foretell(alike, policies, () => {});
      const each = [...flows.all(time, () => {})].map((flow) => ({
        ...{ group: undefined, connections: flow.connections },
        joined: () => [flow],
      }));
      expect(told).toEqual(foretell(each, policies, () => {}));
    }),
    { numRuns: 25 },
  );
});
