import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type TreeNode } from "../text/tree.ts";
import { unitFault, userFault } from "./process.ts";
import { readText, readWord, type Wanted } from "./values.ts";

export function readUnit(node: TreeNode, wanted: Wanted, problems: Problems): string | undefined {
  const text = readWord(node, wanted, problems);
  if (text === undefined) return undefined;
  const fault = unitFault(text.value);
  if (fault === undefined) return text.value;
  const hint = fault.meant === undefined ? {} : { hint: `did you mean '${fault.meant}'?` };
  problems.add("policy/invalid-unit", placeOf(text), `${quote(text.value)} ${fault.problem}`, hint);
  return undefined;
}

export function readUser(node: TreeNode, wanted: Wanted, problems: Problems): string | undefined {
  // A number is no name, whether in quotes or not.
  const isNumber = node.kind === "scalar" && typeof node.value === "number";
  const text = isNumber ? readWord(node, wanted, problems) : readText(node, wanted, problems);
  if (text === undefined) return undefined;
  const fault = isNumber ? "is a number" : userFault(text.value);
  if (fault === undefined) return text.value;
  const message = `${quote(text.value)} ${fault}, expected ${wanted.expected}`;
  problems.add("policy/invalid-user", placeOf(text), message);
  return undefined;
}
