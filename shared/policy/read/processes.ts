import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type TreeNode } from "../text/tree.ts";
import { unitFault, userFault } from "./process.ts";
import { readWord, type Wanted } from "./values.ts";

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
  const text = readWord(node, wanted, problems);
  if (text === undefined) return undefined;
  const fault = userFault(text.value);
  if (fault === undefined) return text.value;
  problems.add(
    "policy/invalid-user",
    placeOf(text),
    `${quote(text.value)} ${fault}, expected the name of an account`,
  );
  return undefined;
}
