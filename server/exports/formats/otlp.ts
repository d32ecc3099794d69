/**
 * OpenTelemetry log records, as the JSON of an ExportLogsServiceRequest (OTLP 1.x): numbers of 64 bits are texts, enumerations are numbers. Attributes have the names of the semantic
 * conventions where there are some (`source.*`, `destination.*`, `network.*`, `security_rule.*`, `log.record.uid`); ours begin with `bulkhead.`.
 */

import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import { parseAddress } from "@bulkhead/shared/net/address.ts";
import type { FlowEnd, Judged } from "../../store/flows/joined-flow.ts";
import type { FlowItem, Item } from "../item.ts";
import { flowWords } from "./ocsf.ts";
import type { Origin } from "./origin.ts";

type Value = string | number | boolean | undefined;
type Severity = readonly [number, string];

const INFO: Severity = [9, "INFO"];
const INFO2: Severity = [10, "INFO2"];
const SEVERITIES: Readonly<Record<string, Severity>> = {
  notice: INFO2,
  warning: [13, "WARN"],
  critical: [21, "FATAL"],
};
/** Protocols that `network.transport` has a name for. */
const TRANSPORTS: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp" };
const PORTS = new Set([6, 17, 33, 132, 136]);

export function otlpLogs(items: readonly Item[], origin: Origin, now: number): object {
  const resource = {
    "service.name": "bulkhead",
    "service.version": origin.version,
    "service.instance.id": origin.server,
  };
  return {
    resourceLogs: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeLogs: [
          {
            scope: { name: "bulkhead.exports", version: origin.version },
            logRecords: items.map((item) => recordOf(item, now)),
          },
        ],
      },
    ],
  };
}

function recordOf(item: Item, now: number): object {
  const { severity, words, name, attributes } = partsOf(item);
  return {
    timeUnixNano: nanoseconds(item.at),
    observedTimeUnixNano: nanoseconds(now),
    severityNumber: severity[0],
    severityText: severity[1],
    eventName: name,
    body: { stringValue: words },
    attributes: attributesOf({ "log.record.uid": item.id, ...attributes }),
  };
}

interface Parts {
  readonly severity: Severity;
  readonly words: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, Value>>;
}

function partsOf(item: Item): Parts {
  switch (item.kind) {
    case "alert": {
      const { number, kind, severity, about, words, title, remedy, count, facts } = item.alert;
      return {
        severity: item.change === "opened" ? (SEVERITIES[severity] ?? INFO2) : INFO,
        words,
        name: `bulkhead.alert.${item.change}`,
        attributes: {
          "bulkhead.alert.number": number,
          "bulkhead.alert.kind": kind,
          "bulkhead.alert.severity": severity,
          "bulkhead.alert.title": title,
          "bulkhead.alert.about": about,
          "bulkhead.alert.remedy": remedy,
          "bulkhead.alert.count": count,
          "bulkhead.alert.facts": JSON.stringify(facts),
        },
      };
    }
    case "event": {
      const { kind, who, about, facts } = item.event;
      return {
        severity: INFO,
        words: `${kind}: ${about} by ${who}`,
        name: `bulkhead.event.${kind}`,
        attributes: {
          "bulkhead.event.who": who,
          "bulkhead.event.about": about,
          "bulkhead.event.facts": JSON.stringify(facts),
        },
      };
    }
    case "flow":
      return flowParts(item);
  }
}

function flowParts({ closed }: FlowItem): Parts {
  const { begin, width, isLate, flow } = closed;
  const { source, destination, protocol, service, verdict, egress, ingress } = flow;
  const family = parseAddress(source.address)?.family ?? parseAddress(destination.address)?.family;
  const rule = [egress, ingress].find((one) => one?.verdict === verdict)?.rule;
  return {
    severity: verdict === "allow" ? INFO : INFO2,
    words: flowWords(flow),
    name: "bulkhead.flow",
    attributes: {
      "source.address": source.address,
      "destination.address": destination.address,
      "destination.port": PORTS.has(protocol) && service > 0 ? service : undefined,
      "network.transport": TRANSPORTS[protocol],
      "network.type": family && `ipv${family}`,
      "security_rule.name": rule?.name,
      "security_rule.description": rule?.note,
      "security_rule.uuid": rule == null ? undefined : `${rule.file}:${rule.line}`,
      ...endAttributes("source", source, egress),
      ...endAttributes("destination", destination, ingress),
      "bulkhead.flow.service": serviceText(flow),
      "bulkhead.flow.verdict": verdict,
      "bulkhead.flow.confirmed": flow.confirmed,
      "bulkhead.flow.late": isLate,
      "bulkhead.flow.connections": flow.connections,
      "bulkhead.flow.packets": flow.packets,
      "bulkhead.flow.bytes": flow.bytes,
      "bulkhead.flow.start": flow.start,
      "bulkhead.flow.end": flow.end,
      "bulkhead.flow.window.start": begin,
      "bulkhead.flow.window.seconds": width / 1000,
    },
  };
}

function endAttributes(
  side: "source" | "destination",
  { host, segment, unit, user, executable }: FlowEnd,
  judged: Judged | null,
): Readonly<Record<string, Value>> {
  return {
    [`bulkhead.${side}.host`]: host,
    [`bulkhead.${side}.segment`]: segment,
    [`bulkhead.${side}.unit`]: unit,
    [`bulkhead.${side}.user`]: user,
    [`bulkhead.${side}.executable`]: executable,
    [`bulkhead.${side}.verdict`]: judged?.verdict,
  };
}

/** KeyValue and AnyValue of the protocol; what is not known is left out. */
function attributesOf(values: Readonly<Record<string, Value>>): readonly object[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value): object {
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value !== "number") return { stringValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Since 1970, as a fixed64: never below 0. */
function nanoseconds(milliseconds: number): string {
  const within = Math.min(Math.max(Math.trunc(milliseconds), 0), Number.MAX_SAFE_INTEGER);
  return String((BigInt(within) * 1_000_000n) & 0xffff_ffff_ffff_ffffn);
}
