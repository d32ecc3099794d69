/** Which alerts are shown, and in which order. Pure. */

import type { AlertView } from "@bulkhead/server/api/alert-shapes.ts";
import { SEVERITIES } from "./severity.tsx";

export type AlertState = "open" | "acknowledged" | "over";

/** Acknowledged and over it is over. */
export function stateOf({ acknowledged, resolvedAt }: AlertView): AlertState {
  if (resolvedAt !== null) return "over";
  return acknowledged === null ? "open" : "acknowledged";
}

const STATES: readonly AlertState[] = ["open", "acknowledged", "over"];

/** What nobody has acknowledged before all else, the worst first, then the newest. */
export function inOrder(alerts: readonly AlertView[]): readonly AlertView[] {
  return alerts.toSorted(
    (a, b) =>
      STATES.indexOf(stateOf(a)) - STATES.indexOf(stateOf(b)) ||
      (a.resolvedAt === null ? SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) : 0) ||
      b.openedAt - a.openedAt,
  );
}
