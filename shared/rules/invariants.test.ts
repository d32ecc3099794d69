import { expect, test } from "vitest";
import { proveInvariants } from "./invariants.ts";
import { resolved } from "./testing/policies.ts";

const POLICY = `
segments:
  web: { select: "role=web", mode: observe }
  db: { select: "role=db" }
  none: { select: "role=none" }
  office: { addresses: [198.51.100.0/24] }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
  - { name: api, allow: tcp/80, from: { segment: web, unit: api.service }, to: db }
  - { name: admins, allow: tcp/22, from: 198.51.100.7, to: db }
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web } }
  web-2: { addresses: [10.0.0.12], labels: { role: web } }
  db-1: { addresses: [10.0.0.21], labels: { role: db } }
  other: { addresses: [10.0.0.32] }
`;

function prove(invariants: string) {
  return proveInvariants(resolved(`${POLICY}${invariants}\n`));
}

test("never holds where nothing gets through, and is told by one flow and by all that breaks it where something does", () => {
  const [held, broken] = prove(
    "never: [{ from: web, to: db, service: tcp/23 }, { name: closed, from: office, to: db }]",
  );
  expect(held).toMatchObject({ kind: "never", holds: true, broken: [], example: undefined, reasons: [] });
  expect(broken).toMatchObject({
    name: "closed",
    holds: false,
    broken: [{ from: "198.51.100.7", to: "db", services: ["tcp/22"] }],
    example: {
      flow: { source: "198.51.100.7", destination: "10.0.0.21", protocol: 6, number: 22 },
      verdict: "allow",
      ingress: { rule: { name: "admins" } },
    },
    reasons: [expect.stringContaining("admins")],
  });
});

test("never means every process, a unit only that one", () => {
  const [all, one, another] = prove(
    "never: [{ from: web, to: db, service: tcp/80 }, { from: web, to: db, service: tcp/80, unit: api.service }, { from: web, to: db, service: tcp/80, unit: x.service }]",
  );
  expect(all).toMatchObject({
    holds: false,
    broken: [{ unit: "api.service", services: ["tcp/80"] }],
    example: { flow: { unit: "api.service" } },
  });
  expect([one?.holds, another?.holds]).toEqual([false, true]);
});

test("always needs every pair of ends and every service; what observing lets pass does not count", () => {
  const [held, broken, observed] = prove(
    "always: [{ from: web, to: db, service: tcp/5432 }, { from: [web, office], to: db, service: [tcp/5432, tcp/22] }, { from: db, to: web }]",
  );
  expect(held?.holds).toBe(true);
  expect(broken?.holds).toBe(false);
  expect(broken?.broken).toEqual([
    { from: "198.51.100.0-198.51.100.6", to: "db", services: ["tcp/22"] },
    { from: "198.51.100.8-198.51.100.255", to: "db", services: ["tcp/22"] },
    { from: "office", to: "db", services: ["tcp/5432"] },
    { from: "web", to: "db", services: ["tcp/22"] },
  ]);
  expect(observed).toMatchObject({ holds: false, example: { verdict: "deny" } });
});

test("one invariant needs no list around it; of nobody everything holds, and that is said", () => {
  const [none] = prove("never: { from: none, to: db }");
  expect(none).toMatchObject({ holds: true, reasons: [expect.stringContaining("nobody")] });
});

test("what no host judges gets through", () => {
  const [unjudged] = prove("never: { from: office, to: 192.0.2.0/24 }");
  expect(unjudged).toMatchObject({ holds: false, reasons: [expect.stringContaining("no host judges")] });
});

test("a host that no segment holds is off beside one of the same rules that is turned off", () => {
  const results = proveInvariants(
    resolved(`
segments: { quiet: { select: "role=quiet", mode: off } }
hosts:
  q-1: { addresses: [10.0.0.1], labels: { role: quiet } }
  stray: { addresses: [10.0.0.2] }
never: [{ from: 192.0.2.0/24, to: quiet }, { from: 192.0.2.0/24, to: stray }]
`),
  );
  expect(results.map(({ holds }) => holds)).toEqual([true, false]);
});
