import { describe, expect, test } from "vitest";
import type { ConnectionEvent, LoggedPacket } from "./events.ts";
import { fakeEvents } from "./fake-events.ts";
import { type EventSubject, eventsContract, GROUP } from "./fixtures/events-contract.ts";

function connection(service: number): ConnectionEvent {
  return {
    kind: "new",
    flow: { source: "127.0.0.1", destination: "127.0.0.1", protocol: 17, sourcePort: 40000, service },
    replySource: "127.0.0.1",
    replyDestination: "127.0.0.1",
    mark: 0,
    replied: false,
    pickedUp: false,
    packets: 0,
    bytes: 0,
  };
}

function packet(service: number): LoggedPacket {
  return { prefix: "hello", flow: connection(service).flow, bytes: 30, uid: 0, hook: "output" };
}

function fresh(): EventSubject {
  const events = fakeEvents();
  const by = { pid: 1, name: "nft" };
  return {
    events,
    connect: (port) => events.happen.connection(connection(port)),
    log: (port) => events.happen.packet(GROUP, packet(port)),
    commit: () => events.happen.commit({ generation: 1, by, ours: ["rule added in chain probe"] }),
    changeAddress: () => events.happen.addressChange(),
  };
}

describe("fake events keep the contract of events", () => eventsContract(fresh));

describe("knobs", () => {
  test("losses are counted once, and wake who waits", () => {
    const events = fakeEvents();
    using connections = events.connections();
    events.lose("connections", 3);
    expect(events.wait([connections], 0)).toBe(true);
    expect([connections.drain(() => {}, 9), connections.drain(() => {}, 9)]).toEqual([3, 0]);
  });

  test("a drain can be told to fail, once", () => {
    const events = fakeEvents();
    using rulesets = events.rulesets();
    events.failNext("rulesets", new Error("told so"));
    expect(() => rulesets.drain(() => {}, 9)).toThrow("told so");
    expect(rulesets.drain(() => {}, 9)).toBe(0);
  });
});
