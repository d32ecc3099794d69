/**
 * The Open Cybersecurity Schema Framework, version 1.6.0: flows as Network Activity (4001), alerts as Detection Findings (2004), all else as a Base Event. Numbers of classes,
 * activities and dispositions are the schema's; what it has no place for is in `unmapped`.
 */

import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import { parseAddress } from "@bulkhead/shared/net/address.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { FlowEnd, JoinedFlow } from "../../store/flows/joined-flow.ts";
import type { AlertItem, EventItem, FlowItem, Item } from "../item.ts";
import { isoText } from "./json.ts";
import type { Origin } from "./origin.ts";

export const OCSF_VERSION = "1.6.0";

/** Protocols whose service is a port. */
const PORTS = new Set([6, 17, 33, 132, 136]);

export function ocsfEvent(item: Item, origin: Origin): object {
  switch (item.kind) {
    case "flow":
      return networkActivity(item, origin);
    case "alert":
      return detectionFinding(item, origin);
    case "event":
      return baseEvent(item, origin);
  }
}

const OUTCOMES = {
  allow: {
    activity: [6, "Traffic"],
    severity: [1, "Informational"],
    action: [1, "Allowed"],
    disposition: [1, "Allowed"],
    status: [1, "Success"],
  },
  "would-deny": {
    activity: [6, "Traffic"],
    severity: [2, "Low"],
    action: [3, "Observed"],
    disposition: [17, "Logged"],
    status: [1, "Success"],
  },
  deny: {
    activity: [5, "Refuse"],
    severity: [2, "Low"],
    action: [2, "Denied"],
    disposition: [2, "Blocked"],
    status: [2, "Failure"],
  },
} as const satisfies Record<Verdict, Record<string, readonly [number, string]>>;

function networkActivity({ id, at, closed }: FlowItem, origin: Origin): object {
  const { begin, width, isLate, flow } = closed;
  const { source, destination, protocol, service, verdict, connections, packets, bytes } = flow;
  const { activity, severity, action, disposition, status } = OUTCOMES[verdict];
  const rule = ruleOf(flow);
  return {
    ...classOf({ category: [4, "Network Activity"], number: 4001, name: "Network Activity", activity }),
    ...severityOf(severity),
    time: at,
    start_time: flow.start,
    end_time: flow.end,
    duration: flow.end - flow.start,
    ...(connections > 0 && { count: connections }),
    message: flowWords(flow),
    status_id: status[0],
    status: status[1],
    action_id: action[0],
    action: action[1],
    disposition_id: disposition[0],
    disposition: disposition[1],
    src_endpoint: endpointOf(source),
    dst_endpoint: {
      ...endpointOf(destination),
      ...(PORTS.has(protocol) && service > 0 && { port: service }),
    },
    connection_info: connectionInfo(flow),
    traffic: { packets, bytes },
    ...(rule && { firewall_rule: rule }),
    metadata: metadataOf(id, at, origin, ["security_control"]),
    unmapped: {
      verdict,
      confirmed: flow.confirmed,
      late: isLate,
      window_start_time: begin,
      window_seconds: width / 1000,
      service: serviceText(flow),
      ...(source.executable !== undefined && { src_executable: source.executable }),
      ...(destination.executable !== undefined && { dst_executable: destination.executable }),
      egress: flow.egress && { ...flow.egress },
      ingress: flow.ingress && { ...flow.ingress },
    },
  };
}

const ALERT_ACTIVITIES = {
  opened: [1, "Create"],
  acknowledged: [2, "Update"],
  resolved: [3, "Close"],
} as const;
const ALERT_STATES = {
  opened: [1, "New"],
  acknowledged: [2, "In Progress"],
  resolved: [4, "Resolved"],
} as const;
const SEVERITIES: Readonly<Record<string, readonly [number, string]>> = {
  notice: [2, "Low"],
  warning: [3, "Medium"],
  critical: [5, "Critical"],
};

function detectionFinding({ id, at, change, alert }: AlertItem, origin: Origin): object {
  const status = ALERT_STATES[change];
  return {
    ...classOf({
      category: [2, "Findings"],
      number: 2004,
      name: "Detection Finding",
      activity: ALERT_ACTIVITIES[change],
    }),
    ...severityOf(SEVERITIES[alert.severity] ?? [0, "Unknown"]),
    time: at,
    start_time: alert.openedAt,
    end_time: alert.lastAt,
    count: Math.max(1, alert.count),
    message: alert.words,
    status_id: status[0],
    status: status[1],
    is_alert: change === "opened",
    ...(alert.acknowledged && { comment: `${alert.acknowledged.by}: ${alert.acknowledged.note}` }),
    finding_info: {
      // One alert is one finding, whatever becomes of it.
      uid: `alert-${alert.number}-${alert.openedAt}`,
      title: alert.title,
      desc: alert.words,
      types: [alert.kind],
      created_time: alert.openedAt,
      first_seen_time: alert.openedAt,
      last_seen_time: alert.lastAt,
      analytic: { type_id: 1, type: "Rule", uid: alert.kind, name: alert.title },
    },
    ...(alert.remedy !== "" && { remediation: { desc: alert.remedy } }),
    metadata: metadataOf(id, at, origin, []),
    unmapped: { about: alert.about, facts: alert.facts },
  };
}

function baseEvent({ id, at, event }: EventItem, origin: Origin): object {
  return {
    ...classOf({
      category: [0, "Uncategorized"],
      number: 0,
      name: "Base Event",
      activity: [99, event.kind],
    }),
    ...severityOf([1, "Informational"]),
    time: at,
    message: `${event.kind}: ${event.about} by ${event.who}`,
    metadata: { ...metadataOf(id, at, origin, []), event_code: event.kind },
    unmapped: { kind: event.kind, who: event.who, about: event.about, facts: event.facts },
  };
}

type Numbered = readonly [number, string];

function classOf(of: { category: Numbered; number: number; name: string; activity: Numbered }): object {
  const { category, number, name, activity } = of;
  return {
    category_uid: category[0],
    category_name: category[1],
    class_uid: number,
    class_name: name,
    activity_id: activity[0],
    activity_name: activity[1],
    type_uid: number * 100 + activity[0],
    type_name: `${name}: ${activity[0] === 99 ? "Other" : activity[1]}`,
  };
}

function severityOf([severity_id, severity]: Numbered): object {
  return { severity_id, severity };
}

function metadataOf(
  uid: string,
  at: number,
  { server, version }: Origin,
  profiles: readonly string[],
): object {
  return {
    version: OCSF_VERSION,
    uid,
    original_time: isoText(at),
    product: { name: "Bulkhead", vendor_name: "Bulkhead", version },
    log_provider: server,
    ...(profiles.length > 0 && { profiles }),
  };
}

/** An end that stands for many has no address. */
function endpointOf({ address, host, segment, unit, user }: FlowEnd): object {
  return {
    ...(parseAddress(address) === undefined ? { name: address } : { ip: address }),
    ...(host !== undefined && { hostname: host }),
    ...(segment !== undefined && { zone: segment }),
    ...(unit !== undefined && { svc_name: unit }),
    ...(user !== undefined && { owner: { name: user } }),
  };
}

function connectionInfo(flow: JoinedFlow): object {
  const { source, destination, protocol } = flow;
  const family = parseAddress(source.address)?.family ?? parseAddress(destination.address)?.family;
  const direction = directionOf(flow);
  return {
    direction_id: direction[0],
    direction: direction[1],
    protocol_num: protocol,
    protocol_name: serviceText(flow).split("/")[0],
    ...(family !== undefined && { protocol_ver_id: family, protocol_ver: `IPv${family}` }),
  };
}

/** Of the estate: who is known in it stands within. */
function directionOf({ source, destination }: JoinedFlow): Numbered {
  const isWithin = (end: FlowEnd) => end.host !== undefined;
  if (isWithin(source) && isWithin(destination)) return [3, "Lateral"];
  if (isWithin(source)) return [2, "Outbound"];
  if (isWithin(destination)) return [1, "Inbound"];
  return [0, "Unknown"];
}

/** The rule of the end whose judgement counts. */
function ruleOf({ verdict, egress, ingress }: JoinedFlow): object | undefined {
  const judged = [egress, ingress].find((one) => one?.verdict === verdict && one.rule !== null);
  if (judged == null || judged.rule === null) return undefined;
  const { name, file, line, note } = judged.rule;
  return { name, uid: `${file}:${line}`, type: verdict, ...(note !== undefined && { desc: note }) };
}

/** One line for whoever reads along: `allow web-1 -> db-1 tcp/5432, by orders (shop.yaml:12)`. */
export function flowWords(flow: JoinedFlow): string {
  const { source, destination, verdict, egress, ingress } = flow;
  const by = [egress, ingress].find((one) => one?.verdict === verdict);
  const rule = by?.rule == null ? "no rule" : `${by.rule.name} (${by.rule.file}:${by.rule.line})`;
  const nameOf = ({ host, address }: FlowEnd) => (host === undefined ? address : `${host} (${address})`);
  return `${verdict} ${nameOf(source)} -> ${nameOf(destination)} ${serviceText(flow)}, by ${rule}`;
}
