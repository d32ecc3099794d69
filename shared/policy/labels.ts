/** Labels of hosts, and what selectors require of them. */

import type { Requirement } from "./policy.ts";

export type Labels = Readonly<Record<string, string>>;

/** A label's value. A label may bear the name of something that every object has (`constructor`), which is no label. */
export function labelOf(labels: Labels, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}

/** As kubectl reads it: `!=` and `notin` also match a host that lacks the label. */
export function meets(value: string | undefined, requirement: Requirement): boolean {
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
