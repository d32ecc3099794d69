/** What can be set in the configuration file: what `run` has options for, by the same names. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import { parseText } from "@bulkhead/shared/policy/text/parse-text.ts";
import { Problems } from "@bulkhead/shared/policy/text/problems.ts";
import { Source } from "@bulkhead/shared/policy/text/source.ts";
import { describe, type MapEntry, placeOf, quote, type TreeNode } from "@bulkhead/shared/policy/text/tree.ts";
import type { CommandOption } from "@bulkhead/terminal/command.ts";
import { RUN_OPTIONS } from "../options.ts";

export type Settings = Readonly<Record<string, string | number | readonly string[]>>;

const OPTIONS: Readonly<Record<string, CommandOption>> = RUN_OPTIONS;

/** Throws `command/invalid-configuration` with every problem and its place. */
export function parseSettings(path: string, text: string): Settings {
  const problems = new Problems();
  const tree = parseText(new Source(path, text), { problems, aliased: { values: 0 } });
  const found = problems.sorted();
  if (found.length > 0)
    throw invalid(
      found.map(({ place, message }) => `${place.file}:${place.line}:${place.column}: ${message}`),
    );
  if (tree === undefined) return {};
  if (tree.kind !== "map")
    throw invalid([at(tree, `this is ${describe(tree)}, expected settings such as 'log-level: info'`)]);
  const wrong: string[] = [];
  const settings: Record<string, Settings[string]> = {};
  for (const entry of tree.entries) {
    const name = String(entry.key.value);
    const read = Object.hasOwn(settings, name)
      ? { problem: `${quote(name)} is given twice` }
      : readSetting(name, entry);
    if ("problem" in read) wrong.push(at(entry.key, read.problem));
    else settings[name] = read.value;
  }
  if (wrong.length > 0) throw invalid(wrong);
  return settings;
}

function readSetting(name: string, { value }: MapEntry): { value: Settings[string] } | { problem: string } {
  const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (option === undefined) {
    const near = nearest(name, Object.keys(OPTIONS));
    const expected =
      near === undefined ? `expected one of ${Object.keys(OPTIONS).join(", ")}` : `did you mean '${near}'?`;
    return { problem: `there is no setting ${quote(name)}; ${expected}` };
  }
  const plain = plainValue(option, value);
  if (plain === undefined)
    return { problem: `'${name}' is ${describe(value)}, expected ${expectedOf(option)}` };
  try {
    option.coerce?.(plain);
    return { value: plain };
  } catch (error) {
    if (!(error instanceof BulkheadError)) throw error;
    return { problem: error.message.replace(/^--/, "") };
  }
}

function plainValue({ type, choices, array }: CommandOption, node: TreeNode): Settings[string] | undefined {
  if (array === true) {
    const items = node.kind === "list" ? node.items : [node];
    const texts = items.flatMap((item) =>
      item.kind === "scalar" && typeof item.value === "string" ? item.value : [],
    );
    return texts.length === items.length ? texts : undefined;
  }
  if (node.kind !== "scalar" || node.value === null || node.value === "") return undefined;
  if (choices !== undefined) return choices.find((choice) => choice === node.value) as string | undefined;
  if (type === "number") return typeof node.value === "number" ? node.value : undefined;
  // A name or a mask that YAML takes for a number is what its author wrote.
  return typeof node.value === "boolean" ? undefined : node.written;
}

/** What a setting's value may be, in words. */
export function expectedOf({ type, choices, array }: CommandOption): string {
  if (choices !== undefined) return `one of ${choices.join(", ")}`;
  if (array === true) return "a path or a list of paths";
  return type === "number" ? "a number" : "text";
}

function at(node: TreeNode, message: string): string {
  const { file, line, column } = placeOf(node);
  return `${file}:${line}:${column}: ${message}`;
}

function invalid(problems: readonly string[]): BulkheadError {
  return new BulkheadError("command/invalid-configuration", problems.join("; "));
}
