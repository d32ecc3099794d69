/** How many alerts nobody has acknowledged yet, beside the way to them. */

import { useAlerts } from "../api/queries.ts";
import { counted } from "../parts/words.ts";

const MOST = 99;

export function AlertCount() {
  const waiting = (useAlerts().data ?? []).filter(({ acknowledged }) => acknowledged === null);
  if (waiting.length === 0) return null;
  const isCritical = waiting.some(({ severity }) => severity === "critical");
  return (
    <b className={isCritical ? "alert-count critical" : "alert-count"}>
      <span aria-hidden="true">{waiting.length > MOST ? `${MOST}+` : waiting.length}</span>
      <span className="unseen">: {counted(waiting.length, "alert")} that nobody has acknowledged</span>
    </b>
  );
}
