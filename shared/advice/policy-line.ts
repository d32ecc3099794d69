/** Lines of a policy, as a person would write them. */

import { chunks } from "../flow/suggestion-text.ts";

/** Words that YAML 1.1 or 1.2 takes for something else than a text. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const PLAIN = /^[A-Za-z][A-Za-z0-9._/-]*$/;

/** A name as YAML takes it. */
export function yamlText(text: string): string {
  return PLAIN.test(text) && !NO_TEXT.test(text) ? text : JSON.stringify(text);
}

export interface RuleLine {
  /** "" for one without. */
  readonly name: string;
  readonly services: readonly string[];
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly same: readonly string[];
  readonly fromUnit?: string | undefined;
  readonly toUnit?: string | undefined;
  readonly note: string;
}

export function ruleLine({ name, services, from, to, same, fromUnit, toUnit, note }: RuleLine): string {
  const parts = [
    ...(name === "" ? [] : [`name: ${yamlText(name)}`]),
    `allow: ${list(services.map(yamlText))}`,
    `from: ${list(from.map((end) => endText(end, fromUnit)))}`,
    `to: ${list(to.map((end) => endText(end, toUnit)))}`,
    ...(same.length === 0 ? [] : [`same: [${same.map(yamlText).join(", ")}]`]),
    ...(note === "" ? [] : [`note: ${JSON.stringify(note)}`]),
  ];
  return `  - { ${parts.join(", ")} }`;
}

/** `mode: observe`, so that nothing is stopped on hosts that were in no segment before. */
export function labelledSegmentLine(name: string, selector: string): string {
  return `  ${yamlText(name)}: { select: ${JSON.stringify(selector)}, mode: observe }`;
}

const ADDRESSES_IN_A_ROW = 8;

export function peerSegmentLine(name: string, addresses: readonly string[]): string {
  const rows = chunks(addresses.map(addressText), ADDRESSES_IN_A_ROW).map((row) => row.join(", "));
  return `  ${yamlText(name)}: { addresses: [${rows.join(",\n      ")}] }`;
}

function endText(end: string, unit: string | undefined): string {
  const text = addressText(end);
  return unit === undefined ? text : `{ segment: ${text}, unit: ${yamlText(unit)} }`;
}

/** An IPv4 address is plain text in YAML as well; one of IPv6 would be a map. */
function addressText(text: string): string {
  return /^\d+\.\d+\.\d+\.\d+$/.test(text) ? text : yamlText(text);
}

function list(items: readonly string[]): string {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : `[${items.join(", ")}]`;
}
