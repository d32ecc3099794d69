/** Every connection that hosts have seen, the newest first, and the reason of its verdict. */

import { useMemo, useState } from "react";
import { useFlows } from "../api/queries.ts";
import { useAddressState } from "../parts/address-state.ts";
import { Failure, Page, Waiting } from "../parts/page.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { FlowDetail } from "./flow-detail.tsx";
import { flowQueryOf } from "./flow-filter.ts";
import { FlowTable } from "./flow-table.tsx";
import { flowKey } from "./flow-words.ts";
import { NoFlows } from "./no-flows.tsx";
import { Timeline } from "./timeline.tsx";
import { useHeld } from "./use-held.ts";

export default function FlowsPage() {
  const [state, change] = useAddressState();
  const query = useMemo(() => flowQueryOf(state), [state]);
  const found = useFlows(query);
  const latest = useMemo(() => found.data?.pages.flatMap(({ flows }) => flows), [found.data]);
  const [isHeld, setHeld] = useState(false);
  const { shown = [], newer, release } = useHeld(latest, { isHeld, of: query });
  const [chosen, setChosen] = useState<string | undefined>();
  const flow = useMemo(
    () => (chosen === undefined ? undefined : shown.find((one) => flowKey(one) === chosen)),
    [chosen, shown],
  );
  return (
    <Page title="Flows" fills>
      <FilterBar state={state} onChange={change} />
      <Timeline query={query} />
      {found.error !== null && <Failure error={found.error} />}
      {latest === undefined && found.error === null && <Waiting what="flows" />}
      {latest !== undefined && shown.length === 0 && <NoFlows state={state} onChange={change} />}
      {shown.length > 0 && (
        <div className={flow === undefined ? "flows-split" : "flows-split with-detail"}>
          <FlowTable
            flows={shown}
            chosen={chosen}
            onChoose={setChosen}
            onHold={setHeld}
            newer={newer}
            onRelease={release}
            onEnd={() => {
              if (found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage();
            }}
          />
          {flow !== undefined && <FlowDetail flow={flow} onClose={() => setChosen(undefined)} />}
        </div>
      )}
    </Page>
  );
}
