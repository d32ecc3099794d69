import { expect, test } from "vitest";
import { flowLine, serviceText } from "./flow-line.ts";
import type { FlowRecord } from "./record.ts";

const RECORD: FlowRecord = {
  bucket: 1_795_435_200_000,
  start: 1_795_435_200_100,
  end: 1_795_435_203_000,
  direction: "egress",
  verdict: "allow",
  local: { pid: 7, user: "shop", unit: "shop.service", address: "10.0.0.11", executable: "/usr/bin/shop" },
  remote: { segment: "db", host: "db-1", address: "10.0.0.21" },
  protocol: 6,
  service: 5432,
  rule: { name: "orders", file: "shop.yaml", line: 12 },
  connections: 3,
  packets: 30,
  bytes: 4000,
  ended: 2,
  lasted: 3001,
};

test("a line says all that is known, in one order", () => {
  expect(JSON.stringify(flowLine(RECORD))).toBe(
    '{"start":"2026-11-23T12:00:00.100Z","end":"2026-11-23T12:00:03.000Z","direction":"egress","verdict":"allow",' +
      '"local":{"address":"10.0.0.11","unit":"shop.service","user":"shop","executable":"/usr/bin/shop","pid":7},' +
      '"remote":{"address":"10.0.0.21","host":"db-1","segment":"db"},"service":"tcp/5432",' +
      '"connections":3,"packets":30,"bytes":4000,"duration":1.501,"rule":{"name":"orders","file":"shop.yaml","line":12}}',
  );
});

test("what is not known is absent, and no rule is null", () => {
  const line = flowLine({
    ...RECORD,
    local: { address: "a" },
    remote: { address: "b" },
    rule: null,
    ended: 0,
  });
  expect(line).not.toHaveProperty("duration");
  expect([Object.keys(line.local), Object.keys(line.remote), line.rule]).toEqual([
    ["address"],
    ["address"],
    null,
  ]);
});

test.each([
  [6, 443, "tcp/443"],
  [17, 53, "udp/53"],
  [1, 8 * 256, "icmp/echo-request"],
  [1, 3 * 256 + 4, "icmp/destination-unreachable code 4"],
  [58, 128 * 256, "icmpv6/echo-request"],
  [47, 0, "proto/47"],
])("protocol %i, number %i is %s", (protocol, service, text) => {
  expect(serviceText({ protocol, service })).toBe(text);
});

test("a clock that is far off makes no line impossible", () => {
  expect(flowLine({ ...RECORD, start: -1e18, end: 1e18 }).end).toBe("+275760-09-13T00:00:00.000Z");
});
