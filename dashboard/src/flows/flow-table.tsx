/** The table of flows: only the rows in sight exist, so it may have any number of them. */

import type { FlowView } from "@bulkhead/server/api/flow-shapes.ts";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef } from "react";
import { Moment } from "../parts/time.tsx";
import { VerdictMark } from "../parts/verdict.tsx";
import { bytes, count, counted } from "../parts/words.ts";
import { decisive, endName, type FlowEnd, flowKey, ruleWords, SERVER_NAME } from "./flow-words.ts";

const ROW = 34;
const BEYOND = 12;

interface TableProps {
  readonly flows: readonly FlowView[];
  readonly chosen: string | undefined;
  readonly onChoose: (key: string | undefined) => void;
  /** Told whether the reader is in the middle of it, so that nothing may move. */
  readonly onHold: (isHeld: boolean) => void;
  readonly newer: number;
  readonly onRelease: () => void;
  readonly onEnd: () => void;
}

export function FlowTable({ flows, chosen, onChoose, onHold, newer, onRelease, onEnd }: TableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: flows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: BEYOND,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= flows.length - BEYOND) onEnd();
  }, [last, flows.length, onEnd]);
  const hold = () => onHold((scroller.current?.scrollTop ?? 0) > 0 || chosen !== undefined);
  useEffect(() => onHold((scroller.current?.scrollTop ?? 0) > 0 || chosen !== undefined), [chosen, onHold]);
  const move = (step: number) => {
    const at = flows.findIndex((flow) => flowKey(flow) === chosen);
    const next = Math.min(Math.max(at + step, 0), flows.length - 1);
    const flow = flows[next];
    if (flow !== undefined) onChoose(flowKey(flow));
    rows.scrollToIndex(next);
  };
  return (
    <div className="flow-table-frame">
      {newer > 0 && (
        <button
          type="button"
          className="newer"
          onClick={() => {
            rows.scrollToOffset(0);
            onRelease();
          }}
        >
          {counted(newer, "newer flow")}: show
        </button>
      )}
      <div
        className="flow-table"
        ref={scroller}
        onScroll={hold}
        onPointerEnter={() => onHold(true)}
        onPointerLeave={hold}
        role="table"
        aria-label="Flows, the newest first"
        aria-rowcount={flows.length + 1}
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(1);
          else if (event.key === "ArrowUp") move(-1);
          else if (event.key === "Escape") onChoose(undefined);
          else return;
          event.preventDefault();
        }}
      >
        <div className="flow-row flow-head" role="row" aria-rowindex={1}>
          {["Last seen", "Verdict", "From", "To", "Service", "Rule", "Connections", "Volume"].map((name) => (
            <span role="columnheader" key={name}>
              {name}
            </span>
          ))}
        </div>
        <div role="rowgroup" className="flow-rows" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const flow = flows[index];
            if (flow === undefined) return null;
            const key = flowKey(flow);
            return (
              <FlowRow
                key={index}
                flow={flow}
                row={index}
                top={start}
                isChosen={key === chosen}
                onChoose={() => onChoose(key === chosen ? undefined : key)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

const FlowRow = memo(
  function FlowRow({
    flow,
    row,
    top,
    isChosen,
    onChoose,
  }: {
    readonly flow: FlowView;
    readonly row: number;
    readonly top: number;
    readonly isChosen: boolean;
    readonly onChoose: () => void;
  }) {
    const judged = decisive(flow);
    return (
      <div
        className={isChosen ? "flow-row chosen" : "flow-row"}
        role="row"
        aria-rowindex={row + 2}
        tabIndex={-1}
        style={{ transform: `translateY(${top}px)` }}
        onClick={onChoose}
      >
        <span role="cell" className="dim">
          <Moment at={flow.end} />
        </span>
        <span role="cell">
          <button type="button" className="bare" aria-expanded={isChosen}>
            <VerdictMark verdict={flow.verdict} />
            <span className="unseen">: why</span>
          </button>
        </span>
        <span role="cell">
          <EndCell end={flow.source} />
        </span>
        <span role="cell">
          <EndCell end={flow.destination} />
        </span>
        <span role="cell" className="mono">
          {flow.service}
        </span>
        <span role="cell" className={judged?.rule == null ? "dim" : ""}>
          {judged === null ? "nobody judged" : ruleWords(judged)}
        </span>
        <span role="cell" className="number">
          {count(flow.connections)}
        </span>
        <span role="cell" className="number dim">
          {bytes(flow.bytes)}
        </span>
      </div>
    );
  },
  (a, b) => a.flow === b.flow && a.top === b.top && a.isChosen === b.isChosen && a.row === b.row,
);

function EndCell({ end }: { readonly end: FlowEnd }) {
  const unit = end.unit?.replace(/\.service$/, "");
  return (
    <>
      <span className={end.host === undefined ? "mono" : "name"}>{endName(end)}</span>
      <small>{unit ?? end.segment ?? (end.server === true ? SERVER_NAME : "")}</small>
    </>
  );
}
