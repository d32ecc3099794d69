import { expect, test } from "vitest";
import type { RuleCounter } from "../kernel/kernel.ts";
import { policyOfDb } from "./fixtures/policies.ts";
import { digestOf, type Generation } from "./generation.ts";
import { countCalled, type Looks, lookAgain } from "./looks.ts";

const policy = policyOfDb();
const generation: Generation = {
  digest: digestOf(policy),
  policy,
  facts: { names: {}, units: {}, users: {} },
  missing: [],
  stamp: { mask: 0xff000000, value: 0x01000000 },
  log: { to: "kernel" },
  loadedAt: "T0",
};

function counter(chain: string, packets: number): RuleCounter {
  return { chain, comment: "orders shop.json:1", packets, bytes: packets * 100 };
}

function look(before: unknown, at: string, packets: number, of = generation): Looks {
  return lookAgain(before, [counter("ingress_tcp_5432", packets)], { generation: of, at });
}

const orders = (looks: Looks) => countCalled(looks, "ingress", "orders shop.json:1");

test("a rule that was never hit has no last hit", () => {
  expect(orders(look(undefined, "T1", 0))).toEqual({ packets: 0, bytes: 0 });
});

test("what was counted at the first look was hit since the load", () => {
  expect(orders(look(undefined, "T1", 3)).lastHit).toEqual({ since: "T0", until: "T1" });
});

test("what has grown was hit since the look before, and what has not keeps its last hit", () => {
  const first = look(undefined, "T1", 3);
  const second = look(first, "T2", 5);
  expect(orders(second).lastHit).toEqual({ since: "T1", until: "T2" });
  expect(orders(look(second, "T3", 5)).lastHit).toEqual({ since: "T1", until: "T2" });
});

test("a new load counts from 0, and remembers the last hit", () => {
  const first = look(undefined, "T1", 30);
  const loaded = { ...generation, loadedAt: "T2" };
  const second = look(first, "T3", 0, loaded);
  expect(orders(second)).toMatchObject({ packets: 0, lastHit: { since: "T0", until: "T1" } });
  expect(orders(look(second, "T4", 1, loaded)).lastHit).toEqual({ since: "T3", until: "T4" });
});

test("the lines of a rule are one count, families and probation together", () => {
  const counters = [
    counter("ingress_tcp_5432", 1),
    counter("next_ingress_tcp_5432", 2),
    counter("egress", 4),
  ];
  const looks = lookAgain(undefined, counters, { generation, at: "T1" });
  expect([orders(looks).packets, countCalled(looks, "egress", "orders shop.json:1").packets]).toEqual([3, 4]);
});

test("a memory that is something else is no memory", () => {
  for (const before of [null, 7, {}, { load: 1 }])
    expect(orders(look(before, "T1", 0)).lastHit).toBeUndefined();
});
