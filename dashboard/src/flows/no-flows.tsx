import { Link } from "wouter";
import { useStatus } from "../api/queries.ts";
import { windowNamed } from "../api/window.ts";
import type { Changes } from "../parts/address-state.ts";
import { Empty } from "../parts/page.tsx";
import { FLOW_FILTERS } from "./flow-filter.ts";

export function NoFlows({
  state,
  onChange,
}: {
  readonly state: Readonly<Record<string, string>>;
  readonly onChange: (changes: Changes) => void;
}) {
  const joined = useStatus().data?.hosts.joined;
  const isFiltered = FLOW_FILTERS.some((name) => state[name]);
  const { words } = windowNamed(state.window);
  if (joined === 0)
    return (
      <Empty title="No host has joined yet.">
        <p>
          Hosts report what they see once they have joined. <Link href="/tokens">Make a token</Link> and run{" "}
          <code>bulkhead-agent join</code> on the first one.
        </p>
      </Empty>
    );
  return (
    <Empty title={`Nothing like this was seen in the last ${words}.`}>
      <p>
        {isFiltered
          ? "Take a filter away, or look further back."
          : "Hosts report what they see every few seconds."}
      </p>
      <button type="button" className="button" onClick={() => onChange({ window: "7d" })}>
        Look at the last week
      </button>
    </Empty>
  );
}
