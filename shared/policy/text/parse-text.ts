import { formatCount, LIMITS } from "../limits.ts";
import type { Problems } from "./problems.ts";
import type { Source } from "./source.ts";
import { SyntaxFaults, TooManyFaults } from "./syntax-faults.ts";
import { isNothing, type TreeNode } from "./tree.ts";
import { type AliasCount, TreeBuilder } from "./tree-builder.ts";
import { readDocument } from "./yaml-document.ts";

/** What YAML does not take as text: control characters other than tab, line feed, carriage return and next line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]/;

/** Reads a file as YAML 1.2, or as JSON if its name says so. Undefined where it is neither; then a problem says why. */
export function parseText(
  source: Source,
  { problems, aliased }: { problems: Problems; aliased: AliasCount },
): TreeNode | undefined {
  if (!isReadable(source, problems)) return undefined;
  const faults = new SyntaxFaults(source, problems);
  try {
    const document = readDocument(source, faults);
    if (faults.any) return undefined;
    const tree = new TreeBuilder(source, { faults, problems, aliased }).build(document ?? null, 0);
    if (faults.any) return undefined;
    if (isNothing(tree)) {
      problems.add(
        "policy/empty-file",
        source.placeAt(0),
        "the file holds nothing, expected a policy's sections",
      );
      return undefined;
    }
    return isJson(source, problems) ? tree : undefined;
  } catch (error) {
    if (error instanceof TooManyFaults) return undefined;
    throw error;
  }
}

function isReadable(source: Source, problems: Problems): boolean {
  const { text } = source;
  if (text.length > LIMITS.fileBytes) {
    const message = `the file has ${formatCount(text.length)} characters, and ${formatCount(LIMITS.fileBytes)} are the most that a file may have`;
    problems.add("policy/limit-exceeded", source.placeAt(0), message);
    return false;
  }
  const control = text.search(CONTROL);
  if (control < 0) return true;
  const code = text.charCodeAt(control).toString(16).toUpperCase().padStart(4, "0");
  const message = `the file has the control character U+${code} here, expected text`;
  problems.add("policy/not-text", source.placeAt(control), message);
  return false;
}

/** YAML takes all that JSON is and much more; a file that other programs read as JSON should be no more than that. */
function isJson(source: Source, problems: Problems): boolean {
  if (!source.isJson) return true;
  try {
    JSON.parse(source.text);
    return true;
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1];
    const place = source.placeAt(Number(position ?? 0));
    problems.add("policy/invalid-json", place, "the file is YAML but no JSON, which its name says it is");
    return false;
  }
}
