/** What receivers are told, one by one: an alert's change, another event, a flow of a minute. */

import { createHash } from "node:crypto";
import { alertKind } from "../alerts/alert-kinds.ts";
import type { StoredEvent } from "../store/estate/event-store.ts";
import type { ClosedFlow } from "../store/flows/closed-flows.ts";

interface Known {
  /** The same thing has the same one however often it is told, and nothing else has it. */
  readonly id: string;
  /** Milliseconds since 1970-01-01T00:00Z, when it happened, or ended. */
  readonly at: number;
}

export interface AlertItem extends Known {
  readonly kind: "alert";
  readonly change: "opened" | "acknowledged" | "resolved";
  readonly alert: AlertFacts;
}

export interface AlertFacts {
  readonly number: number;
  /** Of `ALERT_KINDS`. */
  readonly kind: string;
  readonly severity: string;
  readonly title: string;
  readonly about: string;
  readonly words: string;
  readonly remedy: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly openedAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly acknowledged?: { readonly at: number; readonly by: string; readonly note: string };
  readonly resolvedAt?: number;
}

export interface EventItem extends Known {
  readonly kind: "event";
  readonly event: ToldEvent;
}

/** As it was kept; one that was made up to try a receiver was not. */
export type ToldEvent = Pick<StoredEvent, "id" | "at" | "kind" | "who" | "about" | "facts"> &
  Partial<StoredEvent>;

export interface FlowItem extends Known {
  readonly kind: "flow";
  readonly closed: ClosedFlow;
}

export type Item = AlertItem | EventItem | FlowItem;

const CHANGES: Readonly<Record<string, AlertItem["change"]>> = {
  "alert-opened": "opened",
  "alert-acknowledged": "acknowledged",
  "alert-resolved": "resolved",
};

/** Numbers of events begin again where a backup was put back: with its moment, each is told apart from the one that had its number before. */
export function itemOfEvent(event: ToldEvent): AlertItem | EventItem {
  const known = { id: `event-${event.id}-${event.at}`, at: event.at };
  const change = Object.hasOwn(CHANGES, event.kind) ? CHANGES[event.kind] : undefined;
  return change === undefined
    ? { kind: "event", ...known, event }
    : { kind: "alert", ...known, change, alert: alertOf(event) };
}

/** From the event's facts, as the ledger writes them. */
function alertOf({ about, facts }: ToldEvent): AlertFacts {
  const { alert, kind, ...rest } = facts as unknown as Omit<AlertFacts, "number" | "title" | "remedy"> & {
    readonly alert: number;
  };
  const known = alertKind(kind);
  return { number: alert, kind, title: known?.title ?? kind, remedy: known?.remedy ?? "", ...rest, about };
}

export function itemOfFlow(closed: ClosedFlow): FlowItem {
  const { begin, width, ordinal, flow } = closed;
  const { source, destination, protocol, service } = flow;
  const name = [begin, width, source.address, destination.address, protocol, service, ordinal].join(" ");
  const id = `flow-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
  return { kind: "flow", id, at: flow.end, closed };
}
