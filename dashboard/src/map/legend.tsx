/** What the signs on the map mean, and how many connections bear each. */

import type { PlanView } from "@bulkhead/server/api/plan-shapes.ts";
import { count } from "../parts/words.ts";
import { CHANGES, type Change } from "./look.ts";
import { LookMark } from "./look-mark.tsx";

export function ChangeLegend({ plan: { flows } }: { readonly plan: PlanView }) {
  const connections: Readonly<Record<Change, number>> = {
    breaks: flows.breaks.connections,
    "would-break": flows.wouldDeny.connections,
    opens: flows.opens.connections,
  };
  return (
    <ul className="map-legend" aria-label="What the draft would change, in recorded connections">
      {CHANGES.map((change) => (
        <li key={change}>
          <LookMark look={change} /> <b>{count(connections[change])}</b>
        </li>
      ))}
      <li className="dim">Pale edges stay as they are.</li>
    </ul>
  );
}
