/** What becomes possible and what stops being possible, for the hosts that there are. */

import type { PlanView } from "@bulkhead/server/api/plan-shapes.ts";
import { counted } from "../parts/words.ts";

const SHOWN = 60;

/** `isFirst`: nothing was in force before. */
export function ReachChange({
  reach: { gained, lost },
  isFirst,
}: {
  readonly reach: PlanView["reach"];
  readonly isFirst: boolean;
}) {
  if (isFirst)
    return <Ways title="With it, this is possible; everything else stops" ways={gained} look="allow" />;
  if (gained.length + lost.length === 0)
    return <p className="notice good">Nobody gains or loses anything: who may reach whom stays as it is.</p>;
  return (
    <>
      <Ways title="Becomes possible" ways={gained} look="allow" />
      <Ways title="Stops, open sessions too" ways={lost} look="deny" />
    </>
  );
}

function Ways({
  title,
  ways,
  look,
}: {
  readonly title: string;
  readonly ways: PlanView["reach"]["gained"];
  readonly look: "allow" | "deny";
}) {
  return (
    <section className={`ways ${look}`}>
      <h3>
        <span aria-hidden="true">{look === "allow" ? "+" : "−"}</span> {title}: {counted(ways.length, "way")}
      </h3>
      <ul>
        {ways.slice(0, SHOWN).map((way) => (
          <li key={JSON.stringify(way)}>
            {way.from} → {way.to} <span className="mono">{way.services.join(", ")}</span>
            {(way.unit ?? way.user) !== undefined && (
              <small> from {[way.unit, way.user].filter(Boolean).join(", ")}</small>
            )}
          </li>
        ))}
      </ul>
      {ways.length > SHOWN && <p className="dim">and {ways.length - SHOWN} more</p>}
    </section>
  );
}
