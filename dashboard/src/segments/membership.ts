/** Why a host is in a segment, and what of a policy speaks of one. Pure. */

import { type Labels, labelOf } from "@bulkhead/shared/policy/labels.ts";
import type { Place } from "@bulkhead/shared/policy/place.ts";
import { ANY, ANY_HOST, type Endpoint, type Policy, type Selector } from "@bulkhead/shared/policy/policy.ts";

/** For each thing that the selector requires, what of the host's labels meets it: `role=db`, `no label env`. */
export function reasons({ requirements }: Selector, labels: Labels): readonly string[] {
  const met = requirements.map(({ label }) => {
    const value = labelOf(labels, label);
    return value === undefined ? `no label ${label}` : `${label}=${value}`;
  });
  return [...new Set(met)];
}

export interface Naming {
  readonly what: "rule" | "test" | "never" | "always";
  readonly name: string;
  readonly place: Place;
  /** `allow orders`, without its ends. */
  readonly says: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Why it is there, in its author's words. */
  readonly note: string;
}

/** What names the segment, in the policy's order: rules first. */
export function namingsOf(policy: Policy, segment: string): readonly Naming[] {
  return everything(policy).filter(({ from, to }) => from.includes(segment) || to.includes(segment));
}

/** How many rules are for everybody, and so for the segment, and do not name it. */
export function generalRules(policy: Policy, segment: string): number {
  const general = new Set([ANY, ANY_HOST]);
  return policy.rules.filter((rule) => {
    const ends = [...rule.from, ...rule.to].flatMap((end) => (end.kind === "segment" ? [end.segment] : []));
    return ends.some((end) => general.has(end)) && !ends.includes(segment);
  }).length;
}

function everything({ rules, tests, invariants }: Policy): readonly Naming[] {
  return [
    ...rules.map(
      ({ name, place, action, serviceText, from, to, note = "" }): Naming => ({
        ...{ what: "rule", name, place, note },
        says: `${action} ${serviceText.join(", ")}`,
        from: from.map(endName),
        to: to.map(endName),
      }),
    ),
    ...invariants.map(
      ({ kind, name, place, serviceText, from, to }): Naming => ({
        ...{ what: kind, name, place, note: "", from, to },
        says: `${kind} ${serviceText.join(", ")}`,
      }),
    ),
    ...tests.map(
      ({ place, from, to, allow, deny }): Naming => ({
        ...{ what: "test", name: `${place.file}:${place.line}`, place, note: "", from: [from], to: [to] },
        says: [...allow.map(({ text }) => `allow ${text}`), ...deny.map(({ text }) => `deny ${text}`)].join(
          ", ",
        ),
      }),
    ),
  ];
}

function endName(end: Endpoint): string {
  return end.kind === "segment" ? end.segment : end.text;
}
