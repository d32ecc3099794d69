import type { Mode, Modes } from "../policy.ts";
import { EXPECTED_MODE, ModePerDirection } from "../shapes.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type TreeNode } from "../text/tree.ts";
import { Keys, readFields } from "./fields.ts";
import { hintAt } from "./hint.ts";
import { readWord, type Wanted } from "./values.ts";

const MODES: readonly Mode[] = ["enforce", "observe", "off"];
const PER_DIRECTION = new Keys("'mode'", ModePerDirection);

/** A mode for both directions, or one for each; a direction that is left out has no say. */
export function readModes(node: TreeNode, wanted: Wanted, problems: Problems): Partial<Modes> | undefined {
  if (node.kind !== "map") {
    const mode = readMode(node, wanted, problems);
    return mode === undefined ? undefined : { ingress: mode, egress: mode };
  }
  if (node.entries.length === 0) {
    problems.add("policy/empty-value", placeOf(node), `'mode' is an empty map, expected ${EXPECTED_MODE}`);
    return undefined;
  }
  const fields = readFields(node, PER_DIRECTION, problems);
  const ingress = fields?.read("ingress", readMode, problems);
  const egress = fields?.read("egress", readMode, problems);
  return { ...(ingress && { ingress }), ...(egress && { egress }) };
}

function readMode(node: TreeNode, wanted: Wanted, problems: Problems): Mode | undefined {
  const text = readWord(node, wanted, problems);
  if (text === undefined) return undefined;
  const mode = MODES.find((known) => known === text.value);
  if (mode !== undefined) return mode;
  const hint = hintAt(text.value, () => MODES, problems);
  const message = `there is no mode ${quote(text.value)}, expected ${MODES.slice(0, -1).join(", ")} or ${MODES.at(-1)}`;
  problems.add("policy/invalid-mode", placeOf(node), message, hint);
  return undefined;
}
