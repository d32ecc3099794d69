/** A suggestion as YAML for people to read, change and keep. */

import { printable } from "../errors/printable.ts";
import type { LeftOut } from "./observed.ts";
import { familiarName } from "./suggested-service.ts";
import type { SuggestedFor, SuggestedRule, SuggestedSegment, Suggestion } from "./suggestion.ts";

interface Parts extends Pick<Suggestion, "rules" | "leftOut" | "connections"> {
  readonly subject: SuggestedFor;
  readonly segments: readonly SuggestedSegment[];
}

const MOST_LEFT_OUT = 20;
const ADDRESSES_IN_A_ROW = 8;
const MOST_HOSTS = 8;

export function suggestionText(parts: Parts): string {
  const { subject, rules, segments, leftOut } = parts;
  const own = subject.segment ?? `suggested-host-${slug(subject.host)}`;
  const ownSegment =
    subject.segment === undefined
      ? [segmentLine({ name: own, addresses: subject.addresses, hosts: [] })]
      : [];
  const lines = [
    ...heading(parts),
    ...section("segments", rules.length === 0 ? [] : [...ownSegment, ...segments.map(segmentLine)]),
    ...section(
      "rules",
      rules.flatMap((rule) => ruleLines(rule, own)),
    ),
    ...leftOutLines(leftOut),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function heading({ subject, connections, rules }: Parts): readonly string[] {
  const { seen, covered, leftOut } = connections;
  const first = `# What ${printable(subject.host)} has seen and no rule allows: ${count(seen, "connection")}.`;
  if (rules.length === 0) return [first, "# There is nothing to suggest.", ""];
  const share = seen === 0 ? "all" : `${((100 * covered) / seen).toFixed(leftOut === 0 ? 0 : 1)} %`;
  const rest = leftOut === 0 ? "" : "; what they leave out stands at the end";
  return [
    first,
    `# These rules cover ${covered} of them (${share})${rest}.`,
    "# Read them before you keep them: what was seen is not always what should be. Then give them better names.",
    "",
  ];
}

function section(name: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${name}:`, ...lines, ""];
}

function segmentLine({ name, addresses, hosts }: SuggestedSegment): string {
  const quoted = addresses.map((address) => (address.includes(":") ? `"${address}"` : address));
  const rows = chunks(quoted, ADDRESSES_IN_A_ROW).map((row) => row.join(", "));
  const names = hosts.length === 0 ? "" : `   # ${hosts.slice(0, MOST_HOSTS).map(printable).join(", ")}`;
  return `  ${name}: { addresses: [${rows.join(`,${INDENT}`)}] }${names}`;
}

const INDENT = "\n      ";

export function chunks(items: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

function ruleLines(rule: SuggestedRule, own: string): readonly string[] {
  const { name, direction, services, peers, connections, units, last } = rule;
  const named = services.map(familiarName);
  const words = named.every((word) => word === undefined)
    ? []
    : [`  # ${services.map((service, at) => named[at] ?? service).join(", ")}`];
  const there = list(peers);
  const ends = direction === "ingress" ? `from: ${there}, to: ${own}` : `from: ${own}, to: ${there}`;
  const by = units.length === 0 ? "" : `, ${units.map(printable).join(", ")}`;
  const widened = peers.includes("any") ? ", widened to any" : "";
  const note = `${count(connections, "connection")}, last ${day(last)}${by}${widened}`;
  return [
    ...words,
    `  - { name: ${name}, allow: ${list(services)}, ${ends}, note: ${JSON.stringify(note)} }`,
  ];
}

function leftOutLines(leftOut: readonly LeftOut[]): readonly string[] {
  if (leftOut.length === 0) return [];
  const sorted = leftOut.toSorted((a, b) => b.observed.connections - a.observed.connections);
  const lines = sorted.slice(0, MOST_LEFT_OUT).map(({ observed, why }) => {
    const { direction, address, service, connections } = observed;
    const way = direction === "ingress" ? "from" : "to";
    return `#   ${service} ${way} ${printable(address)}: ${count(connections, "connection")}; ${why}`;
  });
  const more = sorted.length - lines.length;
  return ["# Left out:", ...lines, ...(more > 0 ? [`#   and ${more} more`] : [])];
}

function list(items: readonly string[]): string {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : `[${items.join(", ")}]`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** What a segment may be called. */
function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-");
}
