import fc from "fast-check";
import { expect, test } from "vitest";
import { Aggregation } from "./aggregation.ts";
import type { FlowIdentity } from "./identity.ts";
import { type FlowRecord, OTHERS } from "./record.ts";

function peer(address: string, service = 443): FlowIdentity {
  return {
    direction: "ingress",
    verdict: "allow",
    local: { address: "10.0.0.1", unit: "web.service" },
    remote: { address },
    protocol: 6,
    service,
    rule: null,
  };
}

const PEERS = Array.from({ length: 6 }, (_, at) => peer(`10.0.1.${at}`));

const observation = fc.record({
  what: fc.constantFrom("began", "carried", "ended", "denied", "flush"),
  at: fc.nat({ max: PEERS.length - 1 }),
  // Forth and back.
  step: fc.integer({ min: -20_000, max: 20_000 }),
  packets: fc.nat(1000),
  sourcePort: fc.integer({ min: 1, max: 5 }),
});

function sum(
  records: readonly FlowRecord[],
  counter: "connections" | "packets" | "bytes" | "ended" | "lasted",
) {
  return records.reduce((total, record) => total + record[counter], 0);
}

test("the sum of the deltas is the sum of the observations, whatever the clock and the flushes", () => {
  fc.assert(
    fc.property(
      fc.array(observation, { maxLength: 200 }),
      fc.integer({ min: 1, max: 8 }),
      (observations, keys) => {
        const aggregation = new Aggregation({ keys });
        const records: FlowRecord[] = [];
        const expected = { began: 0, packets: 0, ended: 0, lasted: 0 };
        let now = 1_000_000;
        for (const { what, at, step, packets, sourcePort } of observations) {
          now += step;
          const identity = PEERS[at] ?? peer("");
          if (what === "flush") records.push(...aggregation.flush().records);
          if (what === "began") aggregation.began(identity, now);
          if (what === "carried") aggregation.carried(identity, now, { packets, bytes: packets * 10 });
          if (what === "ended") aggregation.ended(identity, now, { packets, bytes: packets * 10, lasted: 5 });
          if (what === "denied") aggregation.denied(identity, now, { sourcePort, bytes: 10 });
          if (what === "began") expected.began++;
          if (what === "ended") expected.lasted += 5;
          if (what === "ended") expected.ended++;
          if (what === "carried" || what === "ended") expected.packets += packets;
          if (what === "denied") expected.packets++;
        }
        records.push(...aggregation.flush().records);
        expect(sum(records, "packets")).toBe(expected.packets);
        expect(sum(records, "bytes")).toBe(expected.packets * 10);
        expect(sum(records, "ended")).toBe(expected.ended);
        expect(sum(records, "lasted")).toBe(expected.lasted);
        expect(sum(records, "connections")).toBeGreaterThanOrEqual(expected.began);
        for (const { bucket, start, end } of records) {
          expect(bucket % 10_000).toBe(0);
          expect(start).toBeGreaterThanOrEqual(bucket);
          expect(end).toBeLessThan(bucket + 10_000);
        }
        expect(aggregation.flush().records).toEqual([]);
      },
    ),
  );
});

test("what is counted belongs to the bucket in which it was seen", () => {
  const aggregation = new Aggregation();
  const [web = peer("")] = PEERS;
  aggregation.began(web, 12_000, 77);
  aggregation.began(web, 13_500);
  aggregation.ended(web, 21_000, { packets: 9, bytes: 900, lasted: 9_000 });
  expect(aggregation.flush().records).toEqual([
    {
      ...web,
      local: { ...web.local, pid: 77 },
      ...{
        bucket: 10_000,
        start: 12_000,
        end: 13_500,
        connections: 2,
        packets: 0,
        bytes: 0,
        ended: 0,
        lasted: 0,
      },
    },
    {
      ...web,
      ...{
        bucket: 20_000,
        start: 21_000,
        end: 21_000,
        connections: 0,
        packets: 9,
        bytes: 900,
        ended: 1,
        lasted: 9_000,
      },
    },
  ]);
});

test("a connection that was there before is told of with nothing to count", () => {
  const aggregation = new Aggregation();
  aggregation.found(peer("10.0.1.1"), 5, 3);
  expect(aggregation.flush().records).toMatchObject([{ connections: 0, packets: 0, local: { pid: 3 } }]);
});

test("packets of one attempt are one attempt, for as long as TCP repeats them", () => {
  const aggregation = new Aggregation();
  const identity = peer("10.0.1.1");
  for (const second of [0, 1, 3, 7, 15, 31, 63])
    aggregation.denied(identity, second * 1000, { sourcePort: 40_000, bytes: 60 });
  aggregation.denied(identity, 64_000, { sourcePort: 40_001, bytes: 60 });
  const { records } = aggregation.flush();
  expect([sum(records, "connections"), sum(records, "packets"), sum(records, "bytes")]).toEqual([2, 8, 480]);
});

test("beyond the ports that can be remembered only packets are counted", () => {
  const aggregation = new Aggregation({ ports: 10 });
  const identity = peer("10.0.1.1");
  for (let sourcePort = 0; sourcePort < 50; sourcePort++)
    aggregation.denied(identity, 0, { sourcePort, bytes: 1 });
  expect(aggregation.flush().records).toMatchObject([{ connections: 10, packets: 50 }]);
});

test("peers beyond what a bucket keeps apart are others together, and that is said", () => {
  const aggregation = new Aggregation({ keys: 3 });
  PEERS.forEach((identity, at) => {
    aggregation.began(identity, 100 + at);
  });
  const { records, losses } = aggregation.flush();
  expect(records.map(({ remote, connections }) => [remote.address, connections])).toEqual([
    ["10.0.1.0", 1],
    ["10.0.1.1", 1],
    ["10.0.1.2", 1],
    [OTHERS, 3],
  ]);
  expect(losses).toEqual([{ what: "bucket-full", start: 103, end: 105, count: 3 }]);
  aggregation.began(peer("10.9.9.9"), 10_000);
  expect(aggregation.flush()).toMatchObject({ records: [{ remote: { address: "10.9.9.9" } }], losses: [] });
});

test("records of a bucket are bounded even where every service is another one", () => {
  const aggregation = new Aggregation({ keys: 10 });
  for (let service = 1; service <= 1000; service++) aggregation.began(peer("10.0.1.1", service), 0);
  const { records } = aggregation.flush();
  expect(records.length).toBe(10 + 10 + 1);
  expect(sum(records, "connections")).toBe(1000);
});
