/** What waits for somebody: alerts that nobody has acknowledged, broken claims of the policy, what is under way. */

import type { StandingView } from "@bulkhead/server/api/standing-shapes.ts";
import { Link } from "wouter";
import { inOrder, stateOf } from "../alerts/alert-order.ts";
import { SeverityMark } from "../alerts/severity.tsx";
import { useAlerts, useRollouts, useStanding } from "../api/queries.ts";
import { Ago } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";
import { RolloutState } from "../rollouts/rollout-state.tsx";

const MOST = 5;
/** Alerts of what the broken claims say already, with the same cause. */
const SAID_BY_CLAIMS: ReadonlySet<string> = new Set(["policy-test-broken", "policy-invariant-broken"]);
/** A rollout that has come to its end needs nobody. */
const OVER: ReadonlySet<string> = new Set(["done", "rolled-back"]);

/** Nothing at all where nothing waits. A trial is on every page already. */
export function WaitingForYou() {
  const open = inOrder(useAlerts().data ?? []).filter(
    (alert) => stateOf(alert) === "open" && !SAID_BY_CLAIMS.has(alert.kind),
  );
  const standing = useStanding().data;
  const broken = standing?.broken ?? [];
  const underway = (useRollouts().data ?? []).filter(({ state }) => !OVER.has(state));
  if (open.length + broken.length + underway.length === 0) return null;
  return (
    <section className="card overview-first" aria-label="Waiting for you">
      <h2>Waiting for you</h2>
      <ul className="lines">
        {underway.map(({ number, version, state, wave, waves, why }) => (
          <li key={`rollout ${number}`}>
            <RolloutState state={state} />
            <Link href={`/rollouts/${number}`}>
              Version {version} comes in waves: {wave + 1} of {waves.length}
            </Link>
            <small>{why}</small>
          </li>
        ))}
        {broken.slice(0, MOST).map((claim) => (
          <BrokenClaim
            key={`${claim.about} ${claim.name}`}
            claim={claim}
            version={standing?.version ?? null}
          />
        ))}
        {open.slice(0, MOST).map((alert) => (
          <li key={`alert ${alert.id}`}>
            <SeverityMark severity={alert.severity} />
            <Link href="/alerts">{alert.words}</Link>
            <small>
              <Ago at={alert.openedAt} />
            </small>
          </li>
        ))}
      </ul>
      <More alerts={open.length - MOST} claims={broken.length - MOST} />
    </section>
  );
}

/** What the active policy says of itself and is no longer so, with the change that broke it. */
function BrokenClaim({
  claim: { what, about, name, sentence, reasons, since, causes },
  version,
}: {
  readonly claim: StandingView["broken"][number];
  readonly version: number | null;
}) {
  const said = `The ${what} “${name === "" ? sentence : name}” no longer holds`;
  return (
    <li>
      <span className="sync bad">✕ {what}</span>
      {version === null ? said : <Link href={`/policy/${version}`}>{said}</Link>}
      <span className="mono">{about}</span>
      <small>
        {causes[0]?.words ?? reasons[0]} · <Ago at={since} />
      </small>
    </li>
  );
}

function More({ alerts, claims }: { readonly alerts: number; readonly claims: number }) {
  if (alerts <= 0 && claims <= 0) return null;
  return (
    <p className="card-more">
      {alerts > 0 && <Link href="/alerts">{counted(alerts, "more alert")}</Link>}
      {alerts > 0 && claims > 0 && ", "}
      {claims > 0 && `${counted(claims, "more broken claim")} of the policy`}
    </p>
  );
}
