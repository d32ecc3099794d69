/** Syslog as a real receiver understands it: rsyslog, by TLS and by TCP, also where it is killed with things unread. */

import { openStand, type Stand } from "@bulkhead/server/exports/fixtures/stand.ts";
import type { ReceiverSpec } from "@bulkhead/server/exports/receiver.ts";
import { egress, ingress, tell } from "@bulkhead/server/store/flows/fixtures/reports.ts";
import { afterEach, expect, test } from "vitest";
import { Rsyslog } from "./rsyslog.ts";

const MINUTE = 60_000;
const open: { stand?: Stand; rsyslog?: Rsyslog } = {};
afterEach(async () => {
  await open.stand?.[Symbol.asyncDispose]();
  await open.rsyslog?.[Symbol.asyncDispose]();
});

async function begin(transport: "tls" | "tcp", more: Partial<ReceiverSpec> = {}): Promise<[Stand, Rsyslog]> {
  const rsyslog = await Rsyslog.start(transport);
  const stand = openStand();
  Object.assign(open, { stand, rsyslog });
  const spec: ReceiverSpec = {
    target: {
      ...{ kind: "syslog", transport, host: "127.0.0.1", port: rsyslog.port, format: "structured" },
      ...(transport === "tls" && { ca: rsyslog.authority.pem }),
    },
    ...{ what: ["alerts", "events", "flows"], choice: {} },
    ...more,
  };
  stand.exports.add({ name: "siem", spec, secrets: {}, by: "anna" });
  return [stand, rsyslog];
}

test("over TLS rsyslog understands every part of events, alerts and flows, whatever is in them", async () => {
  const [stand, rsyslog] = await begin("tls");
  const hostile = 'a "quoted] \\ name\n<13>1 forged \u001b[2J ünïcode';
  stand.happen("host-joined", hostile, { token: "x" });
  stand.happen("alert-opened", "web-1", {
    ...{ alert: 7, kind: "tampering", severity: "critical", words: "somebody changed it", facts: {} },
    ...{ openedAt: stand.clock.now, lastAt: stand.clock.now, count: 1 },
  });
  tell(stand.flows, egress({ verdict: "deny" }), ingress());
  stand.clock.now += 3 * MINUTE;
  stand.exports.wake();
  await rsyslog.until(3);
  await stand.until("siem", ({ told }) => told === 3);
  const [joined, opened, flow] = rsyslog.understood;
  expect(joined).toMatchObject({
    facility: "13",
    severity: "6",
    host: "bulkhead.example",
    app: "bulkhead",
    id: "event",
  });
  expect(joined?.data).toContain('about="a \\"quoted\\] \\\\ name\\\\n<13>1 forged \\\\x1b[2J ünïcode"');
  expect(joined?.text).toContain("host-joined: a");
  expect(opened).toMatchObject({
    severity: "2",
    id: "alert",
    text: expect.stringContaining("opened: somebody changed it"),
  });
  expect(opened?.time).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/);
  expect(flow).toMatchObject({ severity: "5", id: "flow" });
  expect(flow?.data).toContain('verdict="deny" service="tcp/5432"');
  expect(flow?.data).toMatch(/^\[flow@32473 .*\]\[source@32473 .*\]\[destination@32473 .*\]$/);
});

test("a rsyslog that is another's, by its certificate, is told nothing", async () => {
  const [stand, rsyslog] = await begin("tls");
  const { target, ...rest } = stand.exports.find("siem").spec;
  const { ca: _, ...system } = target as Extract<ReceiverSpec["target"], { kind: "syslog" }>;
  await stand.exports.change("siem", { ...rest, target: system }, {});
  const tried = await stand.exports.test("siem", "anna");
  expect(tried).toMatchObject({ delivered: false, why: expect.stringContaining("certificate") });
  expect(rsyslog.understood).toEqual([]);
});

test("a receiver that is killed and comes back has everything, in whole messages", async () => {
  const [stand, rsyslog] = await begin("tcp", { what: ["events"] });
  stand.happen("first");
  await rsyslog.until(1);
  await rsyslog.end("SIGKILL");
  for (let at = 0; at < 1_500; at++) stand.happen("while-away", `number ${at}`);
  await rsyslog.start();
  await stand.until("siem", ({ told }) => told >= 1_501);
  await rsyslog.until(1_501);
  const seen = new Set(rsyslog.understood.map(({ data }) => /about="number (\d+)"/.exec(data)?.[1]));
  for (let at = 0; at < 1_500; at++) expect(seen.has(String(at)), `number ${at}`).toBe(true);
});
