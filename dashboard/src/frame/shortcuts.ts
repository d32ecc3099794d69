/** Keys that work on every page, outside of fields. */

import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { usePlaces } from "./use-places.ts";

/** After `g`, the next key has to come within this time. */
const CHORD_MILLISECONDS = 1_200;

export function useShortcuts(actions: {
  readonly openPalette: () => void;
  readonly openHelp: () => void;
}): void {
  const [, go] = useLocation();
  const places = usePlaces();
  const latest = useRef({ ...actions, places });
  latest.current = { ...actions, places };
  useEffect(() => {
    let chordUntil = 0;
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event)) return;
      const place =
        event.timeStamp < chordUntil ? latest.current.places.find(({ key }) => key === event.key) : undefined;
      chordUntil = event.key === "g" ? event.timeStamp + CHORD_MILLISECONDS : 0;
      if (place !== undefined) go(place.path);
      else if (event.key === "/") latest.current.openPalette();
      else if (event.key === "?") latest.current.openHelp();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [go]);
}

/** Whether the key goes into a field; `composedPath`, as the editor is in a shadow tree. */
function isWriting(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select, [role=dialog] *"))
  );
}
