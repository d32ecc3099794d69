/** Who talks to whom: segments as regions, hosts in them, and what was seen between them by verdict and volume. */

import { useEffect, useMemo, useRef, useState } from "react";
import { useHosts, useSummary } from "../api/queries.ts";
import { FilterBar } from "../flows/filter-bar.tsx";
import { flowQueryOf } from "../flows/flow-filter.ts";
import { NoFlows } from "../flows/no-flows.tsx";
import { useIsDark } from "../frame/theme.ts";
import { useAddressState } from "../parts/address-state.ts";
import { Failure, Page, Waiting } from "../parts/page.tsx";
import { counted } from "../parts/words.ts";
import { mapColours } from "./colours.ts";
import { LinkList } from "./link-list.tsx";
import { MapView } from "./map-view.ts";
import { endOf, linksOf } from "./network.ts";
import { type Member, type Region, regionsOf } from "./regions.ts";

export default function MapPage() {
  const [state, change] = useAddressState();
  const query = useMemo(() => flowQueryOf(state), [state]);
  const summary = useSummary(query);
  const regions = useRegions(summary.data?.edges);
  const links = useMemo(
    () => (summary.data === undefined ? [] : linksOf(summary.data.edges, regions)),
    [summary.data, regions],
  );
  const chosen = state.node;
  const choose = (node: string | undefined) => change({ node });
  const hosts = regions.reduce((sum, { members }) => sum + members.length, 0);
  return (
    <Page
      title="Map"
      fills
      aside={
        <span className="dim">
          {counted(regions.length, "segment")}, {counted(hosts, "host")},{" "}
          {counted(summary.data?.edges.length ?? 0, "edge")}
          {(summary.data?.more ?? 0) > 0 && ` and ${summary.data?.more} more`}
        </span>
      }
    >
      <FilterBar state={state} onChange={change} />
      {summary.error !== null && <Failure error={summary.error} />}
      {summary.data === undefined && summary.error === null && <Waiting what="the map" />}
      {summary.data !== undefined && hosts === 0 && <NoFlows state={state} onChange={change} />}
      {hosts > 0 && (
        <div className="map-split">
          <Canvas regions={regions} links={links} chosen={chosen} onChoose={choose} />
          <LinkList links={links} edges={summary.data?.edges ?? []} chosen={chosen} onChoose={choose} />
        </div>
      )}
    </Page>
  );
}

/** New ones only where somebody has come or gone, so that nothing moves otherwise. */
function useRegions(edges: Parameters<typeof linksOf>[0] | undefined): readonly Region[] {
  const hosts = useHosts().data;
  const members = useMemo(() => {
    const known = new Map<string, Member>();
    for (const { name, segments } of hosts ?? []) known.set(name, { name, segment: [...segments].sort()[0] });
    for (const end of edges?.flatMap(({ source, destination }) => [source, destination]) ?? []) {
      const name = endOf(end);
      if (!known.has(name)) known.set(name, { name, segment: end.segment });
    }
    return [...known.values()];
  }, [hosts, edges]);
  const key = JSON.stringify(members.map(({ name, segment }) => [name, segment]).sort());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that matters of the members
  return useMemo(() => regionsOf(members), [key]);
}

interface CanvasProps {
  readonly regions: readonly Region[];
  readonly links: ReturnType<typeof linksOf>;
  readonly chosen: string | undefined;
  readonly onChoose: (node: string | undefined) => void;
}

function Canvas({ regions, links, chosen, onChoose }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<MapView | undefined>();
  const isDark = useIsDark();
  const latest = useRef(onChoose);
  latest.current = onChoose;
  // biome-ignore lint/correctness/useExhaustiveDependencies: canvases take their colours when they are made
  useEffect(() => {
    if (place.current === null) return;
    const made = new MapView(place.current, mapColours(place.current), (node) => latest.current(node));
    setView(made);
    return () => made.close();
  }, [isDark]);
  useEffect(() => view?.update(regions, links), [view, regions, links]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new edges have new neighbours
  useEffect(() => view?.choose(chosen), [view, chosen, links]);
  return (
    <div className="map-frame">
      <div
        className="map-canvas"
        ref={place}
        role="img"
        aria-label="Map; the list beside it says the same in words"
      />
      <div className="map-buttons">
        <button type="button" className="button" onClick={() => view?.zoom("in")} aria-label="Nearer">
          +
        </button>
        <button type="button" className="button" onClick={() => view?.zoom("out")} aria-label="Farther">
          −
        </button>
        <button type="button" className="button" onClick={() => view?.zoom("all")}>
          All
        </button>
      </div>
    </div>
  );
}
