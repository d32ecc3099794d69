import { coloursOf } from "../parts/colours.ts";
import type { MapColours } from "./map-view.ts";

export function mapColours(place: HTMLElement): MapColours {
  const { allow, wouldDeny, deny, opens, asBefore, ...others } = coloursOf(place, {
    text: "--text",
    dim: "--dim",
    surface: "--surface",
    ground: "--map-region",
    line: "--line",
    node: "--accent",
    faded: "--line",
    allow: "--map-allow",
    wouldDeny: "--map-would-deny",
    deny: "--map-deny",
    opens: "--map-opens",
    asBefore: "--map-as-before",
  });
  return {
    ...others,
    looks: {
      ...{ allow, "would-deny": wouldDeny, deny, opens },
      ...{ breaks: deny, "would-break": wouldDeny, "as-before": asBefore },
    },
  };
}
