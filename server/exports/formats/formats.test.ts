/** Formats of others, held to what their own specifications say. */

import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { BASE_EVENT, DETECTION_FINDING, NETWORK_ACTIVITY } from "../fixtures/ocsf-1.6.0.ts";
import { alertItem, EVENT, FLOW, flowItem, NOW, ORIGIN } from "../fixtures/samples.ts";
import { type Item, itemOfEvent } from "../item.ts";
import { plainItem } from "./json.ts";
import { ocsfEvent } from "./ocsf.ts";
import { otlpLogs } from "./otlp.ts";
import { syslogMessage } from "./syslog.ts";

const ajv = new Ajv2020({ strict: false, allErrors: true });
const SCHEMAS = new Map([
  [4001, ajv.compile(NETWORK_ACTIVITY)],
  [2004, ajv.compile(DETECTION_FINDING)],
  [0, ajv.compile(BASE_EVENT)],
]);

/** What the schema says of such an event, and what it says of every one: a type is its class and its activity. */
function ocsfProblems(event: object): readonly unknown[] {
  const { class_uid, activity_id, type_uid } = event as Record<string, number>;
  const check = SCHEMAS.get(class_uid ?? -1);
  if (check === undefined) return [`no class ${class_uid}`];
  check(event);
  const isType = type_uid === (class_uid ?? 0) * 100 + (activity_id ?? 0);
  return [...(check.errors ?? []), ...(isType ? [] : [`type_uid ${type_uid}`])];
}

const OTHERS = { address: "others" };
const ITEMS: readonly Item[] = [
  flowItem(),
  flowItem({ verdict: "deny", egress: { host: "web-1", verdict: "deny", rule: null }, ingress: null }),
  flowItem({ verdict: "would-deny", egress: { host: "web-1", verdict: "would-deny", rule: null } }),
  flowItem({ source: OTHERS, connections: 0, protocol: 1, service: 2_048 }),
  flowItem({
    source: { address: "fd00::1" },
    destination: { address: "2001:db8::1" },
    protocol: 47,
    service: 0,
  }),
  alertItem("opened"),
  alertItem("acknowledged"),
  alertItem("resolved"),
  EVENT,
];

test("every flow, alert and event is what OCSF 1.6.0 says of its class", () => {
  for (const item of ITEMS) expect(ocsfProblems(ocsfEvent(item, ORIGIN))).toEqual([]);
  expect(ITEMS.map((item) => (ocsfEvent(item, ORIGIN) as { type_uid: number }).type_uid)).toEqual([
    ...[400_106, 400_105, 400_106, 400_106, 400_106],
    ...[200_401, 200_402, 200_403, 99],
  ]);
});

test("the check sees an attribute that the class does not have, one that is missing, and a wrong number", () => {
  const event = ocsfEvent(flowItem(), ORIGIN) as Record<string, unknown>;
  const { severity_id: _, ...without } = event;
  expect(ocsfProblems({ ...event, source: "x" })).not.toEqual([]);
  expect(ocsfProblems(without)).not.toEqual([]);
  expect(ocsfProblems({ ...event, activity_id: 8 })).not.toEqual([]);
  expect(ocsfProblems({ ...event, src_endpoint: {}, dst_endpoint: {} })).not.toEqual([]);
});

test.each([
  ["allow", 1, 1, 1],
  ["would-deny", 3, 17, 1],
  ["deny", 2, 2, 2],
] as const)(
  "a flow that met %s has this action, disposition and status",
  (verdict, action, disposition, status) => {
    expect(ocsfEvent(flowItem({ verdict }), ORIGIN)).toMatchObject({
      ...{ action_id: action, disposition_id: disposition, status_id: status },
      src_endpoint: { ip: "10.0.0.11", hostname: "web-1", zone: "web" },
      dst_endpoint: { ip: "10.0.0.21", port: 5432 },
      connection_info: { direction_id: 3, protocol_num: 6, protocol_name: "tcp", protocol_ver_id: 4 },
    });
  },
);

/** The JSON of opentelemetry.proto.collector.logs.v1: names in lowerCamelCase, 64 bits as decimal texts, enumerations as numbers, each AnyValue with one value. */
const uint64 = z
  .string()
  .regex(/^(0|[1-9]\d{0,19})$/)
  .refine((text) => BigInt(text) < 2n ** 64n);
const int64 = z.string().regex(/^-?(0|[1-9]\d{0,18})$/);
const AnyValue = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: int64 }),
  z.strictObject({ doubleValue: z.number() }),
]);
const Attributes = z
  .array(z.strictObject({ key: z.string().min(1), value: AnyValue }))
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, "keys are unique");
const LogRecord = z.strictObject({
  timeUnixNano: uint64,
  observedTimeUnixNano: uint64,
  severityNumber: z.number().int().min(1).max(24),
  severityText: z.string(),
  eventName: z.string(),
  body: AnyValue,
  attributes: Attributes,
});
const ExportLogsServiceRequest = z.strictObject({
  resourceLogs: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: Attributes }),
      scopeLogs: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          logRecords: z.array(LogRecord),
        }),
      ),
    }),
  ),
});

test("log records are the JSON of OTLP, with the names of the semantic conventions", () => {
  const request = ExportLogsServiceRequest.parse(JSON.parse(JSON.stringify(otlpLogs(ITEMS, ORIGIN, NOW))));
  const records = request.resourceLogs[0]?.scopeLogs[0]?.logRecords ?? [];
  expect(records).toHaveLength(ITEMS.length);
  const attributes = Object.fromEntries(records[0]?.attributes.map(({ key, value }) => [key, value]) ?? []);
  expect(attributes).toMatchObject({
    "log.record.uid": { stringValue: ITEMS[0]?.id },
    "source.address": { stringValue: "10.0.0.11" },
    "destination.address": { stringValue: "10.0.0.21" },
    "destination.port": { intValue: "5432" },
    "network.transport": { stringValue: "tcp" },
    "network.type": { stringValue: "ipv4" },
    "security_rule.name": { stringValue: "orders" },
  });
  expect(records[0]?.timeUnixNano).toBe(String(BigInt(FLOW.end) * 1_000_000n));
});

/** RFC 5424, 6: the ABNF of a message, of which the text may be anything but what begins with a byte order mark and is not UTF-8. */
const SYSLOG =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) - ([\x21-\x7e]{1,32}) ((?:\[[\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}(?: [\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\])+) (\ufeff?)(.*)$/su;

test("every message is one of RFC 5424", () => {
  for (const format of ["structured", "json", "ocsf"] as const)
    for (const item of ITEMS) expect(syslogMessage(item, format, ORIGIN)).toMatch(SYSLOG);
});

test("whatever somebody wrote, a message stays one message and its values stay values", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.string({ unit: "binary" }),
      (about, who) => {
        const item = itemOfEvent({ id: 1, at: NOW, kind: "host-joined", who, about, facts: { about } });
        const message = syslogMessage(item, "structured", { ...ORIGIN, server: who });
        const [, , , , , , , mark, text = ""] = SYSLOG.exec(message) ?? [];
        expect(message).toMatch(SYSLOG);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the purpose
        expect(message).not.toMatch(/[\u0000-\u001f\u007f]/);
        expect(mark === "\ufeff").toBe(/[^\x20-\x7e]/.test(text));
        expect(Buffer.from(message).toString()).toBe(message);
      },
    ),
  );
});

test("the same thing has one id in every format, and another thing another one", () => {
  const ids = ITEMS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(7);
  for (const item of ITEMS) {
    expect(plainItem(item)).toMatchObject({ id: item.id });
    expect(ocsfEvent(item, ORIGIN)).toMatchObject({ metadata: { uid: item.id } });
    expect(syslogMessage(item, "structured", ORIGIN)).toContain(`id="${item.id}"`);
  }
});
