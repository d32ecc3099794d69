/** Our own words, as plain JSON: what webhooks and commands are told unless they ask for another format. Later versions add fields. */

import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import type { FlowEnd, Judged } from "../../store/flows/joined-flow.ts";
import type { AlertItem, FlowItem, Item } from "../item.ts";

export const FORMAT_VERSION = 1;

/** One thing, as an object. */
export function plainItem(item: Item): object {
  switch (item.kind) {
    case "alert":
      return plainAlert(item);
    case "event": {
      const { id, kind, at, event } = item;
      const { credential, address, hash } = event;
      return {
        ...{ id, kind, at: isoText(at) },
        event: {
          ...{ number: event.id, kind: event.kind, who: event.who, about: event.about, facts: event.facts },
          ...(credential != null && { credential }),
          ...(address != null && { address }),
          // By it whoever keeps these can say later whether the audit log is what it was.
          ...(hash !== undefined && { hash }),
        },
      };
    }
    case "flow":
      return plainFlow(item);
  }
}

function plainAlert({ id, kind, at, change, alert }: AlertItem): object {
  const { openedAt, lastAt, acknowledged, resolvedAt, ...rest } = alert;
  return {
    ...{ id, kind, at: isoText(at), change },
    alert: {
      ...rest,
      openedAt: isoText(openedAt),
      lastAt: isoText(lastAt),
      ...(acknowledged && { acknowledged: { ...acknowledged, at: isoText(acknowledged.at) } }),
      ...(resolvedAt !== undefined && { resolvedAt: isoText(resolvedAt) }),
    },
  };
}

function plainFlow({ id, kind, at, closed }: FlowItem): object {
  const { begin, width, isLate, flow } = closed;
  const { source, destination, egress, ingress, ended, lasted } = flow;
  return {
    ...{ id, kind, at: isoText(at) },
    /** What is counted is of this time alone. */
    within: { begin: isoText(begin), seconds: width / 1000 },
    late: isLate,
    flow: {
      start: isoText(flow.start),
      end: isoText(flow.end),
      source: endFacts(source),
      destination: endFacts(destination),
      service: serviceText(flow),
      verdict: flow.verdict,
      egress: judgedFacts(egress),
      ingress: judgedFacts(ingress),
      confirmed: flow.confirmed,
      connections: flow.connections,
      packets: flow.packets,
      bytes: flow.bytes,
      ...(ended > 0 && { duration: Math.round(lasted / ended) / 1000 }),
    },
  };
}

/** Their order is that of the documentation. */
function endFacts({ address, host, segment, unit, user, executable }: FlowEnd): object {
  return {
    address,
    ...(host !== undefined && { host }),
    ...(segment !== undefined && { segment }),
    ...(unit !== undefined && { unit }),
    ...(user !== undefined && { user }),
    ...(executable !== undefined && { executable }),
  };
}

function judgedFacts(judged: Judged | null): object | null {
  return judged && { host: judged.host, verdict: judged.verdict, rule: judged.rule };
}

/** The clock of a host may be anywhere; a moment that no calendar has is still told. */
export function isoText(milliseconds: number): string {
  const furthest = 8.64e15;
  return new Date(Math.max(-furthest, Math.min(furthest, milliseconds))).toISOString();
}
