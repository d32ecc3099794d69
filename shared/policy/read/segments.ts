import { AddressSet } from "../../net/address-set.ts";
import type { AddressSegment, NameSegment, Segment, Selector, SelectSegment } from "../policy.ts";
import { parseSelector } from "../selector.ts";
import { SegmentShape } from "../shapes.ts";
import type { Problems } from "../text/problems.ts";
import { isNothing, placeInside, placeOf, quote, type TreeNode } from "../text/tree.ts";
import { readRange } from "./addresses.ts";
import type { Budget } from "./budget.ts";
import { parseDnsName } from "./dns-name.ts";
import { type Fields, Keys, readFields } from "./fields.ts";
import { readModes } from "./modes.ts";
import type { Declared } from "./section.ts";
import { isText, readText, readTexts, type TextNode, type Wanted, wrongType } from "./values.ts";

const KEYS = new Keys("a segment", SegmentShape);
type Key = "select" | "addresses" | "names" | "mode";
const KINDS = ["select", "addresses", "names"] as const;

export type SegmentKind = (typeof KINDS)[number];

export interface SegmentReading {
  readonly problems: Problems;
  readonly addresses: Budget;
}

export function readSegment({ name, key, value }: Declared, reading: SegmentReading): Segment | undefined {
  const { problems } = reading;
  if (isNothing(value)) {
    wrongType(
      { ...value, offset: key.offset },
      { subject: `the segment ${quote(name)}`, expected: "a map with select, addresses or names" },
      problems,
    );
    return undefined;
  }
  const fields = readFields(value, KEYS, problems);
  if (fields === undefined) return undefined;
  checkKinds(fields, problems);
  const common = { name, place: placeOf(key) };
  // All that is given is read, so that every problem comes to light; which one counts has been checked.
  const select = readSelect(fields, common, problems);
  const addresses = readAddresses(fields, common, reading);
  const names = readNames(fields, common, problems);
  return select ?? addresses ?? names;
}

function checkKinds(fields: Fields<Key>, problems: Problems): void {
  const [first, second] = KINDS.filter((kind) => fields.has(kind));
  if (first === undefined && !KINDS.every((kind) => fields.lacks(kind))) return;
  const exactlyOne = "expected exactly one of select, addresses and names";
  if (first === undefined) {
    problems.add("policy/missing-key", fields.place, `a segment says nothing of its members, ${exactlyOne}`);
    return;
  }
  if (second !== undefined)
    problems.add(
      "policy/conflicting-keys",
      fields.placeOf(second),
      `a segment has both '${first}' and '${second}', ${exactlyOne}`,
      {
        related: { place: fields.placeOf(first), message: `'${first}' is given here` },
      },
    );
  if (fields.has("mode") && !fields.has("select"))
    problems.add(
      "policy/conflicting-keys",
      fields.placeOf("mode"),
      `a segment has 'mode' beside '${first}', expected it beside 'select' only`,
      {
        hint: "only hosts that 'select' finds have a mode",
      },
    );
}

type Common = Pick<Segment, "name" | "place">;

function readSelect(fields: Fields<Key>, common: Common, problems: Problems): SelectSegment | undefined {
  const selector = fields.read("select", readSelector, problems);
  const mode = fields.read("mode", readModes, problems) ?? {};
  return selector && { kind: "select", ...common, selector, mode };
}

function readSelector(node: TreeNode, wanted: Wanted, problems: Problems): Selector | undefined {
  if (isText(node) && node.value.trim() === "") {
    const hint = "'host' selects every host";
    problems.add("policy/empty-value", placeOf(node), `'select' is empty, expected ${wanted.expected}`, {
      hint,
    });
    return undefined;
  }
  const text = readText(node, wanted, problems);
  if (text === undefined) return undefined;
  const parsed = parseSelector(text.value);
  if (!("problem" in parsed)) return parsed.selector;
  problems.add("policy/invalid-selector", placeInside(text, parsed.offset), parsed.problem);
  return undefined;
}

function readAddresses(
  fields: Fields<Key>,
  common: Common,
  { problems, addresses }: SegmentReading,
): AddressSegment | undefined {
  const texts = fields.read("addresses", readTexts, problems);
  if (texts === undefined || !addresses.take(texts.length, () => fields.placeOf("addresses")))
    return undefined;
  const { ranges } = AddressSet.of(texts.flatMap((text) => readRange(text, problems) ?? []));
  return { kind: "addresses", ...common, ranges };
}

function readNames(fields: Fields<Key>, common: Common, problems: Problems): NameSegment | undefined {
  const texts = fields.read("names", readTexts, problems);
  if (texts === undefined) return undefined;
  const names = new Set(texts.flatMap((text) => readDnsName(text, problems) ?? []));
  return { kind: "names", ...common, names: [...names] };
}

function readDnsName(text: TextNode, problems: Problems): string | undefined {
  const parsed = parseDnsName(text.value);
  if ("name" in parsed) return parsed.name;
  const { problem, hint } = parsed;
  const message = `${quote(text.value)} ${problem}, expected a DNS name`;
  problems.add("policy/invalid-dns-name", placeOf(text), message, hint === undefined ? {} : { hint });
  return undefined;
}
