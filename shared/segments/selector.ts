import { type Labels, labelOf, meets } from "../policy/labels.ts";
import type { Selector } from "../policy/policy.ts";

/** Whether all requirements hold. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector.requirements.every((requirement) => meets(labelOf(labels, requirement.label), requirement));
}
