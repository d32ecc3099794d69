/** What alarms somebody: what happened, what to do, where to look further, and that somebody has seen it. */

import { useMemo } from "react";
import { useAlerts } from "../api/queries.ts";
import { useAddressState } from "../parts/address-state.ts";
import { Choice } from "../parts/choice.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { counted } from "../parts/words.ts";
import { AlertCard } from "./alert-card.tsx";
import { inOrder, stateOf } from "./alert-order.ts";
import "../parts/entries.css";
import "./alerts.css";
import { SEVERITIES } from "./severity.tsx";

const SHOWN = [
  { value: "", words: "Open" },
  { value: "new", words: "Not acknowledged" },
  { value: "all", words: "With those that are over" },
] as const;
type Shown = (typeof SHOWN)[number]["value"];

const MOST = 200;

export default function AlertsPage() {
  const [{ show = "", severity = "", find = "" }, change] = useAddressState();
  const alerts = useAlerts(show === "all");
  const shown = useMemo(
    () =>
      inOrder(
        (alerts.data ?? []).filter(
          (alert) =>
            (show !== "new" || stateOf(alert) === "open") &&
            (severity === "" || alert.severity === severity) &&
            (find === "" || alert.about.includes(find)),
        ),
      ),
    [alerts.data, show, severity, find],
  );
  return (
    <Page title="Alerts">
      <search className="filters spaced">
        <Choice
          label="Which"
          value={(SHOWN.find(({ value }) => value === show) ?? SHOWN[0]).value}
          options={SHOWN}
          onChange={(value: Shown) => change({ show: value })}
        />
        <label className="field">
          <span>Severity</span>
          <select value={severity} onChange={(event) => change({ severity: event.target.value })}>
            <option value="">any</option>
            {SEVERITIES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <p className="dim" role="status">
          {alerts.data !== undefined && counted(shown.length, "alert")}
        </p>
      </search>
      <Loaded query={alerts} what="alerts">
        {() =>
          shown.length === 0 ? (
            <Nothing isFiltered={severity !== "" || find !== ""} isAll={show === "all"} />
          ) : (
            <>
              <ul className="entries">
                {shown.slice(0, MOST).map((alert) => (
                  <AlertCard key={alert.id} alert={alert} />
                ))}
              </ul>
              {shown.length > MOST && <p className="dim">and {shown.length - MOST} more</p>}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Nothing({ isFiltered, isAll }: { readonly isFiltered: boolean; readonly isAll: boolean }) {
  return (
    <Empty title={isFiltered ? "No alert is like that." : isAll ? "There never was one." : "Nothing alarms."}>
      <p>
        Scans, tampering, hosts that are silent or do not enforce what they should, lost records and the like
        are found by themselves. An alert ends by itself when its cause is over.
      </p>
    </Empty>
  );
}
