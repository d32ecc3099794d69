import type { Requirement, Selector } from "../policy/policy.ts";

/** A host's labels, the label `host` included. */
export type Labels = Readonly<Record<string, string>>;

/** Whether all requirements hold, as kubectl reads them: `!=` and `notin` also match a host that lacks the label. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector.requirements.every((requirement) => holds(requirement, labels));
}

function holds(requirement: Requirement, labels: Labels): boolean {
  const value = labelOf(labels, requirement.label);
  switch (requirement.operator) {
    case "in":
      return value !== undefined && requirement.values.includes(value);
    case "notin":
      return value === undefined || !requirement.values.includes(value);
    case "exists":
      return value !== undefined;
    case "absent":
      return value === undefined;
  }
}

/** A label's value. A label may bear the name of something that every object has (`constructor`), which is no label. */
export function labelOf(labels: Labels, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}
