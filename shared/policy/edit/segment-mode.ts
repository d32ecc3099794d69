/** Changes the mode of one segment in a policy's own text: everything else (order, comments, quotes) stays as its author wrote it. */

import { isAlias, isMap, isScalar, type Pair, type ParsedNode, type Scalar, type YAMLMap } from "yaml";
import type { SourceFile } from "../files.ts";
import { parsePolicy } from "../parse.ts";
import type { Direction, Mode, Modes, Policy } from "../policy.ts";
import { nearest } from "../suggest.ts";
import { Problems } from "../text/problems.ts";
import { Source } from "../text/source.ts";
import { SyntaxFaults } from "../text/syntax-faults.ts";
import { readDocument } from "../text/yaml-document.ts";

export type EditedMode =
  | { readonly files: readonly SourceFile[] }
  /** Nothing would be another than it is. */
  | { readonly same: true }
  | { readonly problem: string };

type ParsedMap = YAMLMap.Parsed<ParsedNode, ParsedNode | null>;
type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** @param files of a policy that is valid. @param wanted a direction that is left out stays as it is. */
export function withSegmentMode(
  files: readonly SourceFile[],
  segment: string,
  wanted: Partial<Modes>,
): EditedMode {
  const { policy } = parsePolicy(files);
  if (policy === undefined) return { problem: "the policy cannot be read" };
  const known = policy.segments.get(segment);
  if (known === undefined) return { problem: unknownWords(policy, segment) };
  if (known.kind !== "select")
    return {
      problem: `'${segment}' is a segment of ${known.kind}: only hosts that 'select' finds have a mode`,
    };
  const modes = { ...known.mode, ...wanted };
  if (DIRECTIONS.every((direction) => modes[direction] === known.mode[direction])) return { same: true };
  const edited = files.map((file) =>
    file.name === known.place.file ? { ...file, text: editedText(file, segment, wanted) } : file,
  );
  return isJust(policy, edited, { segment, modes })
    ? { files: edited }
    : {
        problem: `the mode of '${segment}' is given at ${known.place.file}:${known.place.line} in a way that cannot be changed by itself (by an alias, or under an anchor that others use)`,
      };
}

/** `enforce`, or `ingress enforce` where it is meant for one direction. */
export function wantedWords({ ingress, egress }: Partial<Modes>): string {
  if (ingress === egress) return ingress ?? "";
  return [ingress && `ingress ${ingress}`, egress && `egress ${egress}`].filter(Boolean).join(", ");
}

/** What a version is for that says this of a segment, and all else as version `from` does. */
export function modeMessage(segment: string, wanted: Partial<Modes>, from: number): string {
  return `mode of ${segment}: ${wantedWords(wanted)} (version ${from} otherwise)`;
}

function unknownWords({ segments }: Policy, segment: string): string {
  const near = nearest(segment, segments.keys());
  return `there is no segment '${segment}'${near === undefined ? "" : `; did you mean '${near}'?`}`;
}

/** Whether the new text says the same as the old one but for this. */
function isJust(
  before: Policy,
  files: readonly SourceFile[],
  { segment, modes }: { readonly segment: string; readonly modes: Partial<Modes> },
): boolean {
  const { policy: after } = parsePolicy(files);
  if (after === undefined) return false;
  const text = ({ segments, ...rest }: Policy) => {
    const all = [...segments.values()].map((one) =>
      one.kind === "select" && one.name === segment ? { ...one, mode: null } : one,
    );
    return JSON.stringify([all, Object.entries(rest)], plain);
  };
  const now = after.segments.get(segment);
  const isWanted =
    now?.kind === "select" && DIRECTIONS.every((direction) => now.mode[direction] === modes[direction]);
  return isWanted && text(before) === text(after);
}

/** Lines move when one is put in between, so places do not count. */
function plain(key: string, value: unknown): unknown {
  if (key === "place" || key === "line" || key === "column") return undefined;
  if (typeof value === "bigint") return String(value);
  return value instanceof Map ? [...value] : value;
}

interface Change {
  readonly at: number;
  readonly until: number;
  readonly text: string;
}

/** As it was where no place for the mode was found. */
function editedText({ name, text }: SourceFile, segment: string, wanted: Partial<Modes>): string {
  const source = new Source(name, text);
  const document = readDocument(source, new SyntaxFaults(source, new Problems()));
  const map = mapIn(mapIn(document, "segments"), segment);
  if (map === undefined) return text;
  return changesOf(map, wanted, source)
    .toSorted((a, b) => b.at - a.at)
    .reduce(
      (edited, { at, until, text: put }) => edited.slice(0, at) + put + edited.slice(until),
      source.text,
    );
}

function changesOf(map: ParsedMap, wanted: Partial<Modes>, source: Source): readonly Change[] {
  const mode = pairAt(map, "mode")?.value;
  if (mode == null) return [insertion(map, `${word("mode", source)}: ${modeText(wanted, source)}`, source)];
  if (isAlias(mode)) return [];
  if (!isMap(mode)) {
    const before = (isScalar(mode) ? mode.value : undefined) as Mode | undefined;
    const modes: Partial<Modes> = { ...(before && { ingress: before, egress: before }), ...wanted };
    return [replacement(mode, modeText(modes, source))];
  }
  return Object.entries(wanted).map(([direction, value]) => {
    const given = pairAt(mode as ParsedMap, direction)?.value;
    if (given != null) return replacement(given, word(value, source));
    const text = `${word(direction, source)}: ${word(value, source)}`;
    return insertion(mode as ParsedMap, text, source);
  });
}

function replacement({ range }: ParsedNode, text: string): Change {
  return { at: range[0], until: range[1], text };
}

/** Behind the last entry; before the first one where that ends nobody knows where. */
function insertion(map: ParsedMap, text: string, { text: all }: Source): Change {
  const first = map.items[0]?.key.range[0] ?? map.range[0];
  const last = map.items.at(-1)?.value;
  const end = last?.range[1] ?? first;
  if (map.flow === true) return { at: end, until: end, text: `, ${text}` };
  const newline = all.includes("\r\n") ? "\r\n" : "\n";
  const column = first - (all.lastIndexOf("\n", first - 1) + 1);
  const indent = " ".repeat(column);
  const isOneLine = isScalar(last) && (last as Scalar).type?.startsWith("BLOCK") !== true;
  if (!isOneLine) return { at: first, until: first, text: `${text}${newline}${indent}` };
  const lineEnd = all.indexOf("\n", end);
  const at = lineEnd < 0 ? all.length : lineEnd - (all[lineEnd - 1] === "\r" ? 1 : 0);
  return { at, until: at, text: `${newline}${indent}${text}` };
}

/** `enforce`, or `{ ingress: enforce, egress: observe }`. */
function modeText(modes: Partial<Modes>, source: Source): string {
  const { ingress, egress } = modes;
  if (ingress !== undefined && ingress === egress) return word(ingress, source);
  const named = DIRECTIONS.flatMap((direction) => {
    const mode = modes[direction];
    return mode === undefined ? [] : [`${word(direction, source)}: ${word(mode, source)}`];
  });
  return `{ ${named.join(", ")} }`;
}

function word(text: string, { isJson }: Source): string {
  return isJson ? JSON.stringify(text) : text;
}

function mapIn(node: ParsedNode | undefined | null, key: string): ParsedMap | undefined {
  const found = isMap(node) ? pairAt(node as ParsedMap, key)?.value : undefined;
  return isMap(found) ? (found as ParsedMap) : undefined;
}

function pairAt({ items }: ParsedMap, key: string): ParsedPair | undefined {
  return (items as ParsedPair[]).find(({ key: one }) => isScalar(one) && one.value === key);
}
