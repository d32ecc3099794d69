/** What becomes possible and what stops being possible, for the hosts that have joined. */

import { compareReach, type Reach, reach } from "@bulkhead/shared/rules/reach.ts";
import { useMemo } from "react";
import { Failure, Waiting } from "../parts/page.tsx";
import { counted } from "../parts/words.ts";
import { useServedPolicy } from "./served-policy.ts";

const SHOWN = 60;

export function ReachChanges({ from, to }: { readonly from: number | undefined; readonly to: number }) {
  const before = useServedPolicy(from);
  const after = useServedPolicy(to);
  const change = useMemo(() => {
    if (after.data == null) return undefined;
    if (from === undefined) return { gained: reach(after.data), lost: [] };
    return before.data == null ? undefined : compareReach(before.data, after.data);
  }, [before.data, after.data, from]);
  const error = after.error ?? (from === undefined ? null : before.error);
  if (error !== null) return <Failure error={error} />;
  if (change === undefined) return <Waiting what="what changes" />;
  if (from === undefined)
    return (
      <Ways title="With it, this is possible; everything else stops" ways={change.gained} look="allow" />
    );
  if (change.gained.length + change.lost.length === 0)
    return <p className="notice good">Nobody gains or loses anything: who may reach whom stays as it is.</p>;
  return (
    <>
      <Ways title="Becomes possible" ways={change.gained} look="allow" />
      <Ways title="Stops, open sessions too" ways={change.lost} look="deny" />
    </>
  );
}

function Ways({
  title,
  ways,
  look,
}: {
  readonly title: string;
  readonly ways: readonly Reach[];
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
