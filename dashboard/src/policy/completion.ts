/** What may be written at a place of a policy: keys and words by the schema, names by the text itself. */

import { policyJsonSchema } from "@bulkhead/shared/policy/schema.ts";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import { choicesAt, type Schema } from "./schema-walk.ts";

/** Keys whose values are names of segments, and of services. */
const ENDS: ReadonlySet<string> = new Set(["from", "to", "segment"]);
const SERVICES: ReadonlySet<string> = new Set(["allow", "deny"]);

export function complete(context: CompletionContext): CompletionResult | null {
  const word = context.matchBefore(/[\w./-]*/);
  if (word === null || (word.from === word.to && !context.explicit)) return null;
  const { path, isValue } = pathAt(context.state, word.from);
  const options = isValue ? valuesFor(context.state, path) : keysFor(path);
  return options.length === 0 ? null : { from: word.from, options, validFor: /^[\w./-]*$/ };
}

const schema = policyJsonSchema() as Schema;

function keysFor(path: readonly string[]): Completion[] {
  return choicesAt(schema, path).keys.map(({ name, about }) => ({
    label: name,
    apply: `${name}: `,
    type: "property",
    ...(about !== undefined && { info: about }),
  }));
}

function valuesFor(state: EditorState, path: readonly string[]): Completion[] {
  const key = path.at(-1) ?? "";
  const words = choicesAt(schema, path).words.map((label) => ({ label, type: "enum" }));
  if (ENDS.has(key))
    return [
      ...named(state, "segments", "segment"),
      { label: "any", type: "keyword" },
      { label: "any-host", type: "keyword" },
    ];
  if (SERVICES.has(key)) return [...named(state, "services", "service"), ...words];
  return words;
}

/** The keys of a block at the top, by their indentation: they are found in a text that is not whole as well. */
function named(state: EditorState, block: string, detail: string): Completion[] {
  const lines = state.doc.toString().split("\n");
  const start = lines.findIndex((line) => line.startsWith(`${block}:`));
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const length = rest.findIndex((line) => /^\S/.test(line) && !line.startsWith("#"));
  return rest
    .slice(0, length < 0 ? undefined : length)
    .flatMap((line) => /^ {1,4}([\w.-]+):/.exec(line)?.[1] ?? [])
    .map((label) => ({ label, type: "variable", detail }));
}

interface Place {
  /** The keys above it, outermost first. */
  readonly path: readonly string[];
  readonly isValue: boolean;
}

/** In a map in line by the tree; in a block by indentation, as the tree of a half-written line is not to be trusted. */
function pathAt(state: EditorState, position: number): Place {
  const line = state.doc.lineAt(position);
  const before = line.text.slice(0, position - line.from);
  const inLine = /[{,]\s*([\w-]+):\s*(?:\[[^\]]*)?$/.exec(before);
  const opensMap = /[{,]\s*$/.test(before) && before.includes("{");
  const own = /^[\s-]*([\w-]+):\s*(?:\[[^\]]*)?$/.exec(before);
  const above = blockPath(state, line.number, indentOf(before));
  const head = /^[\s-]*([\w.-]+):\s*\{/.exec(before)?.[1];
  const within = head === undefined ? above : [...above, head];
  if (inLine?.[1] !== undefined && before.includes("{"))
    return { path: [...within, inLine[1]], isValue: true };
  if (opensMap) return { path: within, isValue: false };
  if (own?.[1] !== undefined) return { path: [...above, own[1]], isValue: true };
  if (/^\s*-\s*$/.test(before) && isListOfNames(state, position)) return { path: above, isValue: true };
  return { path: above, isValue: false };
}

function isListOfNames(state: EditorState, position: number): boolean {
  const node = syntaxTree(state).resolveInner(position, -1);
  return node.name !== "Comment" && ["from", "to", "allow", "deny"].includes(keyAbove(state, position) ?? "");
}

function keyAbove(state: EditorState, position: number): string | undefined {
  const line = state.doc.lineAt(position);
  return blockPath(state, line.number, indentOf(line.text)).at(-1);
}

/** Where the first word of the line stands, behind the dash of a list's item. */
function indentOf(text: string): number {
  return /^\s*(?:-\s+)?/.exec(text)?.[0].length ?? 0;
}

function blockPath(state: EditorState, number: number, indent: number): readonly string[] {
  const path: string[] = [];
  let limit = indent;
  for (let at = number - 1; at >= 1 && limit > 0; at -= 1) {
    const { text } = state.doc.line(at);
    const found = /^(\s*(?:-\s+)?)([\w.-]+):\s*(?:#.*)?$/.exec(text);
    const [, lead = "", key] = found ?? [];
    if (key === undefined || lead.length >= limit) continue;
    path.unshift(key);
    limit = lead.length;
  }
  return path;
}
