/** Messages of RFC 5424: structured data, or another format as the text. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import type { FlowEnd, Judged } from "../../store/flows/joined-flow.ts";
import type { FlowItem, Item } from "../item.ts";
import { isoText, plainItem } from "./json.ts";
import { flowWords, ocsfEvent } from "./ocsf.ts";
import type { Origin } from "./origin.ts";

export type SyslogFormat = "structured" | "json" | "ocsf";

/** "Log audit" (RFC 5424, table 1). */
const FACILITY = 13;
const NOTICE = 5;
const INFORMATIONAL = 6;
const SEVERITIES: Readonly<Record<string, number>> = { critical: 2, warning: 4, notice: NOTICE };
/**
 * The number that IANA keeps for examples (RFC 5612), as Bulkhead has none of its own: an SD-ID without a number would be one that IANA registers.
 */
const ENTERPRISE = 32473;
/** Of a value, and of the text: receivers cut long messages where they like, mostly at 8 KiB. */
const MOST_VALUE = 1_024;
const MOST_WORDS = 2_048;

/** One message, without a frame. */
export function syslogMessage(item: Item, format: SyslogFormat, origin: Origin): string {
  const host = origin.server.replace(/[^\x21-\x7e]/g, "").slice(0, 255) || "-";
  const head = `<${FACILITY * 8 + severityOf(item)}>1 ${isoText(item.at)} ${host} bulkhead - ${item.kind}`;
  const data =
    format === "structured" ? structuredData(item) : `[${item.kind}@${ENTERPRISE} id="${item.id}"]`;
  return `${head} ${data} ${textOf(wordsOf(item, format, origin))}`;
}

function severityOf(item: Item): number {
  switch (item.kind) {
    case "alert":
      return item.change === "opened" ? (SEVERITIES[item.alert.severity] ?? NOTICE) : INFORMATIONAL;
    case "event":
      return INFORMATIONAL;
    case "flow":
      return item.closed.flow.verdict === "allow" ? INFORMATIONAL : NOTICE;
  }
}

function wordsOf(item: Item, format: SyslogFormat, origin: Origin): string {
  if (format === "json") return JSON.stringify(plainItem(item));
  if (format === "ocsf") return JSON.stringify(ocsfEvent(item, origin));
  switch (item.kind) {
    case "alert":
      return cut(`${item.change}: ${item.alert.words}`, MOST_WORDS);
    case "event":
      return cut(`${item.event.kind}: ${item.event.about} by ${item.event.who}`, MOST_WORDS);
    case "flow":
      return cut(flowWords(item.closed.flow), MOST_WORDS);
  }
}

/** Text that is not ASCII begins with a byte order mark (RFC 5424, 6.4). */
function textOf(words: string): string {
  const text = printable(words);
  return /^[\x20-\x7e]*$/.test(text) ? text : `\ufeff${text}`;
}

type Value = string | number | boolean | undefined;

function structuredData(item: Item): string {
  switch (item.kind) {
    case "alert": {
      const { number, kind, severity, about, count, openedAt, acknowledged } = item.alert;
      const facts = {
        number,
        kind,
        change: item.change,
        severity,
        about,
        count,
        openedAt: isoText(openedAt),
      };
      return element("alert", { id: item.id, ...facts, acknowledgedBy: acknowledged?.by });
    }
    case "event": {
      const { kind, who, about, facts } = item.event;
      return element("event", { id: item.id, kind, who, about, facts: JSON.stringify(facts) });
    }
    case "flow":
      return flowData(item);
  }
}

function flowData({ id, closed }: FlowItem): string {
  const { begin, width, isLate, flow } = closed;
  const { verdict, confirmed, connections, packets, bytes } = flow;
  const facts = { id, verdict, service: serviceText(flow), confirmed, late: isLate };
  const counted = { connections, packets, bytes, start: isoText(flow.start), end: isoText(flow.end) };
  return [
    element("flow", { ...facts, ...counted, windowStart: isoText(begin), windowSeconds: width / 1000 }),
    element("source", endValues(flow.source, flow.egress)),
    element("destination", endValues(flow.destination, flow.ingress)),
  ].join("");
}

function endValues(end: FlowEnd, judged: Judged | null): Readonly<Record<string, Value>> {
  const { address, host, segment, unit, user, executable } = end;
  const rule = judged?.rule;
  return {
    ...{ address, host, segment, unit, user, executable, verdict: judged?.verdict },
    rule: rule?.name,
    place: rule == null ? undefined : `${rule.file}:${rule.line}`,
  };
}

/** An SD-ELEMENT (RFC 5424, 6.3): in a value `"`, `\` and `]` are escaped. What is not known is left out. */
function element(name: string, values: Readonly<Record<string, Value>>): string {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  const texts = known.map(([key, value]) => {
    const text = cut(printable(String(value)), MOST_VALUE).replace(
      /["\\\]]/g,
      (character) => `\\${character}`,
    );
    return ` ${key}="${text}"`;
  });
  return `[${name}@${ENTERPRISE}${texts.join("")}]`;
}

/** Between characters, never in the middle of one. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…`;
}
