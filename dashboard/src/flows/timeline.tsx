/** Connections by time and verdict. */

import type { TimelineView } from "@bulkhead/server/api/flow-shapes.ts";
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type FlowQuery, useTimeline } from "../api/queries.ts";
import { sinceOf, windowNamed } from "../api/window.ts";
import { useIsDark } from "../frame/theme.ts";
import { coloursOf } from "../parts/colours.ts";
import { counted } from "../parts/words.ts";

const HEIGHT = 96;
const NOTHING = { allowed: 0, wouldDeny: 0, denied: 0 } as const;

/** Connections of the time by verdict: all of them, not those of the busiest edges alone. */
export interface VerdictSums {
  readonly allowed: number;
  readonly wouldDeny: number;
  readonly denied: number;
}

/** Undefined until it is known. */
export function useVerdictSums(query: FlowQuery): VerdictSums | undefined {
  const { data } = useTimeline(query, windowNamed(query.window).stepSeconds);
  return useMemo(() => (data === undefined ? undefined : sumsOf(data)), [data]);
}

export function Timeline({ query }: { readonly query: FlowQuery }) {
  const { stepSeconds, words } = windowNamed(query.window);
  const { data } = useTimeline(query, stepSeconds);
  const sums = useVerdictSums(query) ?? NOTHING;
  const isDark = useIsDark();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: canvases take their colours when they are made
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsFor(element), [[], [], [], []], element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [isDark]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot that was made anew needs its numbers again
  useEffect(() => {
    if (data !== undefined) plot.current?.setData(stackedSlots(data, query.window));
  }, [data, query.window, isDark]);
  return (
    <figure className="timeline">
      <figcaption>
        <span>
          In the last {words}: <b className="allow">{counted(sums.allowed, "connection")} allowed</b>,{" "}
          <b className="would-deny">{counted(sums.wouldDeny, "connection")} would be denied</b>,{" "}
          <b className="deny">{counted(sums.denied, "connection")} denied</b>
        </span>
      </figcaption>
      <div ref={place} className="timeline-plot" aria-hidden="true" />
    </figure>
  );
}

function sumsOf({ slots }: TimelineView): VerdictSums {
  const sums = { ...NOTHING };
  for (const { allowed, wouldDeny, denied } of slots) {
    sums.allowed += allowed;
    sums.wouldDeny += wouldDeny;
    sums.denied += denied;
  }
  return sums;
}

/** Each series on top of the ones before it, slots without any counted as 0; uPlot draws the highest first. */
function stackedSlots({ step, slots }: TimelineView, window: string | undefined): uPlot.AlignedData {
  const first = Math.floor(sinceOf(window) / step) * step;
  const byTime = new Map(slots.map((slot) => [slot.at, slot]));
  const times: number[] = [];
  const series: [number[], number[], number[]] = [[], [], []];
  // One slot more than there is, as a bar stands to the right of its moment.
  for (let at = first; at <= Date.now() + step; at += step) {
    const { denied = 0, wouldDeny = 0, allowed = 0 } = byTime.get(at) ?? {};
    times.push(at / 1_000);
    series[0].push(denied + wouldDeny + allowed);
    series[1].push(denied + wouldDeny);
    series[2].push(denied);
  }
  return [times, ...series];
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** The time of day, and at midnight the day. */
function tickWords(seconds: number): string {
  const clock = CLOCK.format(seconds * 1_000);
  return clock === "00:00" ? DAY.format(seconds * 1_000) : clock;
}

function optionsFor(element: HTMLElement): uPlot.Options {
  const colours = coloursOf(element, {
    allow: "--plot-allow",
    wouldDeny: "--plot-would-deny",
    deny: "--plot-deny",
    text: "--plot-text",
    grid: "--plot-grid",
  });
  const bars = uPlot.paths.bars?.({ size: [0.86, 40], align: 1 });
  const series = (fill: string): uPlot.Series => ({
    fill,
    stroke: fill,
    width: 0,
    points: { show: false },
    ...(bars !== undefined && { paths: bars }),
  });
  const axis: uPlot.Axis = {
    stroke: colours.text,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(element).fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(high, 4)] } },
    axes: [
      { ...axis, size: 22, gap: 2, values: (_plot, splits) => splits.map(tickWords) },
      { ...axis, size: 44, gap: 4, space: 26 },
    ],
    series: [{}, series(colours.allow), series(colours.wouldDeny), series(colours.deny)],
  };
}
