/** Who talks to whom: segments as regions, hosts and their units in them, and what was seen between them by verdict and volume, or what a draft would change of it. */

import { useMemo, useState } from "react";
import { useHosts, useStatus, useSummary } from "../api/queries.ts";
import { flowQueryOf } from "../flows/flow-filter.ts";
import { NoFlows } from "../flows/no-flows.tsx";
import { useAddressState } from "../parts/address-state.ts";
import { Making } from "../parts/making.tsx";
import { Failure, Page, Waiting } from "../parts/page.tsx";
import { counted } from "../parts/words.ts";
import { PLAN_WINDOW } from "../plan/impact.tsx";
import { usePlan } from "../plan/use-plan.ts";
import { EDITOR_DRAFT, useDraftText } from "../policy/draft-text.ts";
import { DraftChoice } from "./draft-choice.tsx";
import { ChangeLegend } from "./legend.tsx";
import { LinkList } from "./link-list.tsx";
import { MapCanvas } from "./map-canvas.tsx";
import { MapFilters, useMapFilter } from "./map-filters.tsx";
import { type Level, linksOf, unitLinksOf } from "./network.ts";
import { OUTSIDE } from "./regions.ts";
import { foreseenOf, seenOf } from "./seen.ts";
import { unitsOf } from "./units.ts";
import { useRegions } from "./use-regions.ts";

export default function MapPage() {
  const [given, change] = useAddressState();
  const state = useMemo(
    () => (given.draft === undefined ? given : { window: PLAN_WINDOW, ...given }),
    [given],
  );
  const query = useMemo(() => flowQueryOf(state), [state]);
  const summary = useSummary(query);
  const regions = useRegions(query.window, summary.data?.edges);
  const [level, setLevel] = useState<Level>("hosts");
  const content = useContent(state, regions, level, summary.data?.edges);
  const joined = useHosts().data ?? [];
  const places = regions.reduce((sum, { members }) => sum + members.length, 0);
  return (
    <Page
      title="Map"
      fills
      aside={
        <>
          <span className="dim">
            {counted(regions.filter(({ segment }) => segment !== OUTSIDE).length, "segment")},{" "}
            {counted(joined.length, "host")}, {counted(summary.data?.edges.length ?? 0, "edge")}
            {(summary.data?.more ?? 0) > 0 && ` and ${summary.data?.more} more`}
          </span>
          <DraftChoice value={state.draft ?? ""} onChange={(draft) => change({ draft, node: undefined })} />
        </>
      }
    >
      <MapFilters state={state} problem={content.problem} onChange={change} />
      {content.plan !== undefined && <Making of={content.plan} />}
      {content.isTextGone && (
        <p className="notice doubt">
          The editor’s text is no longer here: it does not outlive a reload of the page.
        </p>
      )}
      {summary.error !== null && <Failure error={summary.error} />}
      {summary.data === undefined && summary.error === null && <Waiting what="the map" />}
      {summary.data !== undefined && places === 0 && <NoFlows state={state} onChange={change} />}
      {places > 0 && content.end !== undefined && <ChangeLegend plan={content.end} />}
      {places > 0 && (
        <div className="map-split">
          <MapCanvas
            content={content}
            hosts={places}
            level={level}
            onLevel={setLevel}
            chosen={state.node}
            onChoose={(node) => change({ node })}
          />
          <LinkList
            links={content.links}
            level={level}
            window={query.window ?? "1h"}
            chosen={state.node}
            onChoose={(node) => change({ node })}
          />
        </div>
      )}
    </Page>
  );
}

type Edges = NonNullable<ReturnType<typeof useSummary>["data"]>["edges"];
const NONE: Edges = [];

/** What the map shows: all that was seen, or with a plan what it would become. Units are asked for when somebody is near enough to see them. */
function useContent(
  state: Readonly<Record<string, string>>,
  regions: ReturnType<typeof useRegions>,
  level: Level,
  edges: Edges = NONE,
) {
  const { filter, problem } = useMapFilter(state);
  const query = useMemo(() => ({ ...flowQueryOf(state), by: "unit" }), [state]);
  const isNear = level === "units";
  const byUnit = useSummary(query, undefined, isNear).data?.edges ?? NONE;
  const active = useStatus().data?.policy ?? undefined;
  const text = useDraftText();
  const draft =
    state.draft === EDITOR_DRAFT ? text : state.draft === undefined ? undefined : Number(state.draft);
  const plan = usePlan({ draft, active, window: state.window ?? PLAN_WINDOW });
  const end = draft !== undefined && plan.end?.kind === "plan" ? plan.end.plan : undefined;
  const links = useMemo(() => {
    const all = end === undefined ? seenOf(edges, filter) : foreseenOf(edges, end, filter);
    return linksOf(all, regions);
  }, [edges, end, filter, regions]);
  const near = useMemo(() => {
    if (!isNear) return { links: [], units: [] };
    const all = end === undefined ? seenOf(byUnit, filter) : foreseenOf(byUnit, end, filter);
    return { links: unitLinksOf(all), units: unitsOf(all, regions) };
  }, [byUnit, end, filter, regions, isNear]);
  return useMemo(
    () => ({
      regions,
      links: [...links, ...near.links],
      units: near.units,
      shown: filter.hosts,
      ...{ problem, end, plan: draft === undefined ? undefined : plan },
      isTextGone: state.draft === EDITOR_DRAFT && text === undefined,
    }),
    [regions, links, near, filter, problem, end, plan, draft, text, state.draft],
  );
}
