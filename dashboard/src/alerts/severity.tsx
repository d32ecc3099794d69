/** How bad an alert is: colour, drawing and word. */

import type { AlertView } from "@bulkhead/server/api/alert-shapes.ts";
import { Icon, type IconName } from "../parts/icon.tsx";

export type Severity = AlertView["severity"];

/** The worst first. */
export const SEVERITIES = ["critical", "warning", "notice"] as const satisfies readonly Severity[];

const SIGNS: Readonly<Record<Severity, IconName>> = {
  critical: "deny",
  warning: "would-deny",
  notice: "alerts",
};

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <span className={`verdict severity ${severity}`}>
      <Icon name={SIGNS[severity]} />
      {severity}
    </span>
  );
}
