import { formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";
import { serviceHas } from "@bulkhead/shared/net/service.ts";
import { NO_FACTS } from "@bulkhead/shared/nft/facts.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import { judge } from "@bulkhead/shared/rules/judge.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { effectsOf } from "./effects.ts";
import { ADMINS, ORDERS, policyOfDb } from "./fixtures/policies.ts";
import { type HostReach, reachChanges } from "./host-reach.ts";

const known = (estate: Parameters<typeof policyOfDb>[0]) => ({ policy: policyOfDb(estate), facts: NO_FACTS });

function lines(from: Parameters<typeof policyOfDb>[0] | undefined, to: Parameters<typeof policyOfDb>[0]) {
  const { reach } = effectsOf(from && known(from), known(to), 0);
  const said = (reaches: typeof reach.gained) =>
    reaches.map(
      ({ direction, peers, but, services }) =>
        `${direction} ${but ? "all but " : ""}${peers.join(" ")}: ${services}`,
    );
  return { gained: said(reach.gained), lost: said(reach.lost) };
}

test("a member that joins gains what its segment may, and is called by its address", () => {
  expect(lines({ web: ["10.0.0.11"] }, { web: ["10.0.0.11", "10.0.0.12"] })).toEqual({
    gained: ["ingress 10.0.0.12: tcp/5432"],
    lost: [],
  });
});

test("members that change places are called by their addresses, since the segment's name would be both", () => {
  expect(lines({ web: ["10.0.0.11"] }, { web: ["10.0.0.12"] })).toEqual({
    gained: ["ingress 10.0.0.12: tcp/5432"],
    lost: ["ingress 10.0.0.11: tcp/5432"],
  });
});

test("a rule that comes or goes is said by its segment", () => {
  expect(lines({ rules: [ORDERS] }, { rules: [ORDERS, ADMINS] }).gained).toEqual([
    "ingress 10.9.0.0/24: tcp/22",
  ]);
  expect(lines({ rules: [ORDERS, ADMINS] }, { rules: [ADMINS] }).lost).toEqual(["ingress web: tcp/5432"]);
});

test("a rule that only repeats another one changes nothing", () => {
  const again = { ...ORDERS, name: "again" };
  expect(lines({ rules: [ORDERS] }, { rules: [ORDERS, again] })).toEqual({ gained: [], lost: [] });
});

test("a deny takes away what is allowed, and no more", () => {
  const deny = { deny: "all", from: "any", to: "db" };
  expect(lines({ rules: [ORDERS] }, { rules: [ORDERS, deny] })).toEqual({
    gained: [],
    lost: ["ingress web: tcp/5432"],
  });
});

test("to begin to enforce takes away all that no rule allows", () => {
  const rules = [{ ...ORDERS, allow: "tcp/*" }];
  expect(lines({ rules, mode: "observe" }, { rules, mode: "enforce" }).lost).toEqual([
    "ingress all but web: all",
    "ingress web: all but tcp/*",
    "egress any: all",
  ]);
});

test("a rule for one unit is said of that unit only", () => {
  const rules = [{ allow: "tcp/5432", from: "web", to: { segment: "db", unit: "postgresql.service" } }];
  const { reach } = effectsOf(known({ rules: [] }), known({ rules }), 0);
  expect(reach.gained).toMatchObject([{ peers: ["web"], services: "tcp/5432", unit: "postgresql.service" }]);
});

/** Whether one of these pieces of reach is about the flow. */
function has(
  pieces: readonly HostReach[],
  flow: { direction: Direction; peer: string; port: number },
): boolean {
  const peer = parseAddress(flow.peer);
  return pieces.some(
    ({ direction, peers, services }) =>
      direction === flow.direction &&
      peer !== undefined &&
      peers.has(peer) &&
      serviceHas(services, 6, flow.port),
  );
}

const web = fc.uniqueArray(
  fc.integer({ min: 1, max: 6 }).map((last) => `10.0.0.${last}`),
  { maxLength: 4 },
);
const end = fc.constantFrom("web", "db", "any", "10.0.0.0/30", "10.0.0.5", "any-host");
const ports = fc.constantFrom("tcp/1-3", "tcp/2", "tcp/3-5", "udp/2", "all", "tcp/*");
const rule = fc
  .record({ action: fc.constantFrom("allow", "allow", "deny"), ports, from: end, to: end })
  .map(({ action, ports, from, to }) => ({ [action]: ports, from, to }));
const estate = fc.record({
  web,
  rules: fc.array(rule, { maxLength: 5 }),
  mode: fc.constantFrom("enforce", "enforce", "observe"),
});

test("what is said to be gained and lost is what judge() says differently", () => {
  fc.assert(
    fc.property(estate, estate, (old, next) => {
      const [from, to] = [known(old), known(next)];
      const { gained, lost } = reachChanges(from, to, 0);
      for (const direction of ["ingress", "egress"] as const)
        for (const last of [0n, 1n, 3n, 4n, 5n, 6n, 200n])
          for (const port of [1, 2, 3, 5, 9]) {
            const peer = formatAddress({ family: 4, value: 0x0a000000n + last });
            const ends = direction === "ingress" ? [peer, "10.0.0.21"] : ["10.0.0.21", peer];
            const [source = "", destination = ""] = ends;
            const passes = ({ policy }: typeof from) =>
              judge(policy, { direction, source, destination, protocol: 6, number: port }).verdict !== "deny";
            const flow = { direction, peer, port };
            expect({ flow, gained: has(gained, flow), lost: has(lost, flow) }).toEqual({
              flow,
              gained: passes(to) && !passes(from),
              lost: passes(from) && !passes(to),
            });
          }
    }),
    { numRuns: 100 },
  );
});
