import { ANY, ANY_HOST, type Endpoint, type SegmentEndpoint } from "../policy.ts";
import { EndpointShape, EXPECTED_ENDPOINT } from "../shapes.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type TreeNode } from "../text/tree.ts";
import { readRange } from "./addresses.ts";
import { type Fields, Keys, readFields } from "./fields.ts";
import { hintAt } from "./hint.ts";
import type { Known } from "./known.ts";
import { looksLikeAddress } from "./names.ts";
import { readUnit, readUser } from "./processes.ts";
import { isText, readOneOrMore, readText, type TextNode, type Wanted } from "./values.ts";

const KEYS = new Keys("an endpoint", EndpointShape);

/** Which end of a rule is read. */
export type End = "from" | "to";

/** Reads one end of a rule. Endpoints that have a problem are left out. */
export function readEndpoints(
  node: TreeNode,
  { wanted, end, known }: { wanted: Wanted; end: End; known: Known },
  problems: Problems,
): readonly Endpoint[] {
  const subject = node.kind === "list" ? `an item of ${wanted.subject}` : wanted.subject;
  const one = { subject, expected: EXPECTED_ENDPOINT };
  const nodes = readOneOrMore(node, wanted, problems) ?? [];
  return nodes.flatMap((item) => {
    if (item.kind === "map") return readNarrowed(item, { end, known }, problems) ?? [];
    const text = isText(item) ? readText(item, one, problems) : undefined;
    if (!isText(item)) readText(item, one, problems);
    return text === undefined ? [] : (readPlain(text, known, problems) ?? []);
  });
}

/** A segment's name, an address or a block. */
function readPlain(text: TextNode, known: Known, problems: Problems): Endpoint | undefined {
  const place = placeOf(text);
  if (known.isSegment(text.value)) return { kind: "segment", segment: text.value, place };
  if (!looksLikeAddress(text.value)) {
    unknownSegment(text, known, problems);
    return undefined;
  }
  if (text.value.includes("-")) {
    const hint = "give the range a name in `segments`, under `addresses`";
    problems.add(
      "policy/invalid-address",
      place,
      `${quote(text.value)} is a range, expected an address or a block`,
      { hint },
    );
    return undefined;
  }
  const range = readRange(text, problems);
  return range && { kind: "addresses", text: text.value, place, range };
}

type Key = "segment" | "unit" | "user";

/** A segment's hosts, narrowed to a unit, an account, or both. */
function readNarrowed(
  node: TreeNode,
  { end, known }: { end: End; known: Known },
  problems: Problems,
): SegmentEndpoint | undefined {
  const fields = readFields(node, KEYS, problems);
  if (fields === undefined) return undefined;
  const text = fields.read("segment", readText, problems);
  const unit = fields.read("unit", readUnit, problems);
  const user = fields.read("user", readUser, problems);
  if (end === "to" && fields.has("user"))
    problems.add(
      "policy/user-in-to",
      fields.placeOf("user"),
      "'user' narrows the receiving end, expected it in 'from' only",
    );
  if (text === undefined) return undefined;
  if (!known.isSegment(text.value)) {
    unknownSegment(text, known, problems);
    return undefined;
  }
  checkNarrowing(text, { fields, known }, problems);
  return {
    kind: "segment",
    segment: text.value,
    place: placeOf(node),
    ...(unit && { unit }),
    ...(user && { user }),
  };
}

function checkNarrowing(
  text: TextNode,
  { fields, known }: { fields: Fields<Key>; known: Known },
  problems: Problems,
): void {
  const reason = known.whyNoHosts(text.value);
  if (reason === undefined) return;
  for (const key of ["unit", "user"] as const)
    if (fields.has(key))
      problems.add(
        "policy/narrowing-needs-hosts",
        fields.placeOf(key),
        `'${key}' narrows ${quote(text.value)}, which ${reason}, expected a segment with 'select', or any-host`,
      );
}

function unknownSegment(text: TextNode, known: Known, problems: Problems): void {
  if (!known.complete) return;
  const message = `there is no segment ${quote(text.value)}`;
  problems.add("policy/unknown-segment", placeOf(text), message, hintFor(text.value, known, problems));
}

function hintFor(name: string, known: Known, problems: Problems): { hint?: string } {
  if (known.hosts.has(name))
    return { hint: `it is a host; a rule names it by a segment with select: "host=${name}"` };
  if (known.services.has(name)) return { hint: "it is a service" };
  if (looksLikeAddress(name)) return { hint: "an address stands by itself, as it has no units and accounts" };
  return hintAt(name, () => [...known.segments.keys(), ANY, ANY_HOST], problems);
}
