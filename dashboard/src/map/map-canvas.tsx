/** The map's canvases in the page, and what one can do with them. */

import { useEffect, useRef, useState } from "react";
import { useIsDark } from "../frame/theme.ts";
import { Choice } from "../parts/choice.tsx";
import { mapColours } from "./colours.ts";
import { FEW_HOSTS, type MapContent, MapView } from "./map-view.ts";
import type { Level } from "./network.ts";

const LEVELS: readonly { readonly value: Level; readonly words: string; readonly title: string }[] = [
  { value: "segments", words: "Segments", title: "From afar" },
  { value: "hosts", words: "Hosts", title: "Nearer: hosts in their segments" },
  { value: "units", words: "Units", title: "Nearest: what runs on hosts, and the services it is asked for" },
];

interface CanvasProps {
  readonly content: MapContent;
  /** How many there are. */
  readonly hosts: number;
  readonly level: Level;
  readonly onLevel: (level: Level) => void;
  readonly chosen: string | undefined;
  readonly onChoose: (node: string | undefined) => void;
}

export function MapCanvas({ content, hosts, level, onLevel, chosen, onChoose }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<MapView | undefined>();
  const isDark = useIsDark();
  const latest = useRef({ onChoose, onLevel });
  latest.current = { onChoose, onLevel };
  // biome-ignore lint/correctness/useExhaustiveDependencies: canvases take their colours when they are made
  useEffect(() => {
    if (place.current === null) return;
    const made = new MapView(place.current, mapColours(place.current), {
      choose: (node) => latest.current.onChoose(node),
      level: (next) => latest.current.onLevel(next),
    });
    setView(made);
    return () => made.close();
  }, [isDark]);
  useEffect(() => view?.update(content), [view, content]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new edges have new neighbours
  useEffect(() => view?.choose(chosen), [view, chosen, content]);
  return (
    <div className="map-frame">
      <div
        className="map-canvas"
        ref={place}
        role="img"
        aria-label="Map; the list beside it says the same in words"
      />
      <div className="map-levels">
        <Choice
          label="How near"
          value={level}
          options={hosts > FEW_HOSTS ? LEVELS : LEVELS.slice(1)}
          onChange={(next) => view?.goTo(next)}
        />
      </div>
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
