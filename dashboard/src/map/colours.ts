import { coloursOf } from "../parts/colours.ts";
import type { MapColours } from "./map-view.ts";

export function mapColours(place: HTMLElement): MapColours {
  const { allow, wouldDeny, deny, ...others } = coloursOf(place, {
    text: "--text",
    dim: "--dim",
    ground: "--map-region",
    line: "--line",
    node: "--accent",
    faded: "--line",
    allow: "--map-allow",
    wouldDeny: "--map-would-deny",
    deny: "--map-deny",
  });
  return { ...others, verdicts: { allow, "would-deny": wouldDeny, deny } };
}
