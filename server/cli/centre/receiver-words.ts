/** Receivers in words. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import { columnsText, momentText } from "./words.ts";

export interface ReceiverView {
  readonly name: string;
  readonly target: Target;
  readonly what: readonly string[];
  readonly choice: Readonly<Record<string, string | readonly string[]>>;
  readonly secrets: readonly string[];
  readonly state: "delivering" | "failing" | "paused";
  readonly failingSince: number | null;
  readonly why: string | null;
  readonly told: number;
  readonly toldAt: number | null;
  readonly refused: number;
  readonly missedEvents: number;
  readonly missedRecords: number;
  readonly eventsBehind: number;
  readonly flowsUntil: number | null;
}

interface Target {
  readonly kind: string;
  readonly format?: string;
  readonly url?: string;
  readonly transport?: string;
  readonly host?: string;
  readonly port?: number;
  readonly command?: string;
}

export function receiversText(receivers: readonly ReceiverView[]): string {
  if (receivers.length === 0) return "nobody is told anything: `bulkhead receiver add --help`\n";
  const rows = receivers.map((receiver) => [
    receiver.name,
    receiver.state,
    receiver.target.kind,
    placeText(receiver.target),
    receiver.what.join(","),
    String(receiver.told),
    momentText(receiver.toldAt),
  ]);
  return columnsText(["name", "state", "kind", "to", "what", "told", "last"], rows);
}

export function receiverText(receiver: ReceiverView): string {
  const { name, target, what, choice, secrets, state, told, toldAt, refused } = receiver;
  const chosen = Object.entries(choice).map(([key, value]) => `${key} ${[value].flat().join(", ")}`);
  const lines = [
    `${name} is ${stateText(receiver)}`,
    `  ${target.kind} to ${placeText(target)}${target.format === undefined ? "" : ` as ${target.format}`}`,
    `  ${what.join(", ")}${chosen.length === 0 ? "" : `; only ${chosen.join("; ")}`}`,
    ...(secrets.length === 0 ? [] : [`  with ${secrets.join(", ")}, which nobody is shown`]),
    `  told ${told}${toldAt === null ? "" : `, the last ${momentText(toldAt)}`}`,
    ...(state === "delivering" ? [] : waiting(receiver)),
    ...(refused === 0 ? [] : [`  ${refused} it refused, and was not told`]),
    ...missed(receiver),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function stateText({ state, failingSince, why }: ReceiverView): string {
  if (state !== "failing") return state;
  return `failing since ${momentText(failingSince)}: ${why}`;
}

function waiting({ eventsBehind, flowsUntil }: ReceiverView): readonly string[] {
  return [
    `  ${eventsBehind} events wait, or fewer, as not all are for it`,
    ...(flowsUntil === null ? [] : [`  flows wait from ${momentText(flowsUntil)} on`]),
  ];
}

function missed({ missedEvents, missedRecords }: ReceiverView): readonly string[] {
  if (missedEvents + missedRecords === 0) return [];
  return [
    `  ${missedEvents} events and ${missedRecords} records of flows were removed before it could be told`,
  ];
}

function placeText({ url, transport, host, port, command }: Target): string {
  if (url !== undefined) return url;
  if (command !== undefined) return command;
  return `${transport}://${host?.includes(":") ? `[${host}]` : host}:${port}`;
}
