/** What the map is filtered by: as flows are, and by labels and by when something was seen first. */

import { useMemo } from "react";
import { useHosts } from "../api/queries.ts";
import { sinceOf, WINDOWS, windowNamed } from "../api/window.ts";
import { FilterBar, FilterField } from "../flows/filter-bar.tsx";
import type { Changes } from "../parts/address-state.ts";
import { hostsLabelled, type MapFilter } from "./seen.ts";

const NOBODY = { names: new Set<string>() };
const MORE = { label: undefined, new: undefined };

export function MapFilters({
  state,
  problem,
  onChange,
}: {
  readonly state: Readonly<Record<string, string>>;
  readonly problem: string | undefined;
  readonly onChange: (changes: Changes) => void;
}) {
  const { minutes } = windowNamed(state.window);
  return (
    <>
      <FilterBar state={state} onChange={onChange} more={MORE}>
        <FilterField
          name="Label"
          example="env=prod, role in (web, db)"
          value={state.label ?? ""}
          onChange={(label) => onChange({ label })}
        />
        <label className="field">
          <span>First seen</span>
          <select value={state.new ?? ""} onChange={(event) => onChange({ new: event.target.value })}>
            <option value="">at any time</option>
            {WINDOWS.filter((window) => window.minutes < minutes || window.name === state.new).map(
              ({ name, words }) => (
                <option key={name} value={name}>
                  in the last {words}
                </option>
              ),
            )}
          </select>
        </label>
      </FilterBar>
      {problem !== undefined && (
        <p className="notice doubt" role="alert">
          This chooses no hosts: {problem}
        </p>
      )}
    </>
  );
}

/** What is wrong with the labels is told, and they then filter nothing. */
export function useMapFilter(state: Readonly<Record<string, string>>): {
  readonly filter: MapFilter;
  readonly problem: string | undefined;
} {
  const hosts = useHosts().data;
  const { label, new: first } = state;
  return useMemo(() => {
    const since = first === undefined ? undefined : sinceOf(first);
    // Until it is known whom the labels choose, nobody: what is shown then goes again.
    const named =
      label === undefined ? undefined : hosts === undefined ? NOBODY : hostsLabelled(label, hosts);
    if (named === undefined) return { filter: { hosts: undefined, since }, problem: undefined };
    return "names" in named
      ? { filter: { hosts: named.names, since }, problem: undefined }
      : { filter: { hosts: undefined, since }, problem: named.problem };
  }, [label, first, hosts]);
}
