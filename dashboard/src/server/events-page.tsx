/** What happened, and who did it. */

import { useMemo } from "react";
import { useHistory } from "../api/queries.ts";
import { FilterField } from "../flows/filter-bar.tsx";
import { useAddressState } from "../parts/address-state.ts";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { EventTable } from "./event-table.tsx";

const MOST = 500;

export default function EventsPage() {
  const [{ about = "", kind = "" }, change] = useAddressState();
  const history = useHistory(about === "" ? undefined : about, MOST);
  const kinds = useMemo(() => [...new Set(history.data?.map((event) => event.kind))].sort(), [history.data]);
  return (
    <Page title="Events">
      <search className="filters spaced">
        <FilterField
          name="About"
          example="a host, a version"
          value={about}
          onChange={(value) => change({ about: value })}
        />
        <label className="field">
          <span>Kind</span>
          <select value={kind} onChange={(event) => change({ kind: event.target.value })}>
            <option value="">any</option>
            {kinds.map((one) => (
              <option key={one} value={one}>
                {one.replaceAll("-", " ")}
              </option>
            ))}
          </select>
        </label>
      </search>
      <Loaded query={history} what="events">
        {(events) => {
          const shown = kind === "" ? events : events.filter((event) => event.kind === kind);
          return shown.length === 0 ? (
            <Empty title="Nothing of that kind is on record.">
              <p>Joining, labelling, provisioning, tampering and the like are written down as they happen.</p>
            </Empty>
          ) : (
            <EventTable events={shown} />
          );
        }}
      </Loaded>
    </Page>
  );
}
