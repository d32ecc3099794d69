/** What a version would change, before it does: what breaks first. */

import type { PlanView } from "@bulkhead/server/api/plan-shapes.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { MakingOf } from "../api/use-making.ts";
import { WINDOWS, windowNamed } from "../api/window.ts";
import { addressOf } from "../parts/address-state.ts";
import { Making } from "../parts/making.tsx";
import { Moment } from "../parts/time.tsx";
import { count, counted } from "../parts/words.ts";
import { Connections } from "./connections.tsx";
import { AFFECTED_WORDS, breakWords } from "./plan-words.ts";
import { Proof } from "./proof.tsx";
import { type PlanEnd, usePlan } from "./use-plan.ts";
import { ReachChange } from "./ways.tsx";

const HOSTS_SHOWN = 60;
/** As `bulkhead plan` judges them. */
export const PLAN_WINDOW = "7d";

export function Impact({
  version,
  active,
  window,
  onWindow,
}: {
  readonly version: number;
  readonly active: number | undefined;
  readonly window: string;
  readonly onWindow: (window: string) => void;
}) {
  const plan = usePlan({ draft: version, active, window });
  return (
    <>
      <div className="filters spaced">
        <label className="field">
          <span>Judge what was recorded in the last</span>
          <select value={windowNamed(window).name} onChange={(event) => onWindow(event.target.value)}>
            {WINDOWS.map(({ name, words }) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {plan.end !== undefined && !plan.isMaking && (
          <button type="button" className="button" onClick={plan.make}>
            Make it out anew
          </button>
        )}
        <Link className="button" href={addressOf("/map", { draft: String(version), window })}>
          On the map
        </Link>
      </div>
      <Making of={plan} />
      {plan.end !== undefined && <Made end={plan.end} window={window} />}
    </>
  );
}

function Made({ end, window }: { readonly end: PlanEnd; readonly window: string }) {
  if (end.kind === "invalid")
    return (
      <div className="notice bad" role="alert">
        <strong>This version can no longer be read.</strong>
        {end.problems.map(({ place, message }) => (
          <p key={`${place.file}:${place.line}:${message}`}>
            {place.file}:{place.line}: {message}
          </p>
        ))}
      </div>
    );
  const { plan, version, active } = end;
  const { breaks, brokenAlready, opens, wouldDeny } = plan.flows;
  const of = { version, window };
  return (
    <div className="impact">
      <Sum plan={plan} />
      <p className="dim spaced">
        Version {version} against {active === null ? "no policy" : `version ${active}, which is in force`};{" "}
        {counted(plan.flows.records, "record")} of {counted(plan.flows.judged, "different connection")}, up to{" "}
        <Moment at={plan.flows.until} />
        {plan.flows.unjudged > 0 &&
          `; ${count(plan.flows.unjudged)} more cannot be judged, as their peers were too many to be told apart`}
        .
      </p>
      {breaks.flows > 0 && <Connections title="Would break" listed={breaks} {...of} />}
      {wouldDeny.flows > 0 && (
        <Connections
          title="Would be recorded as would be denied"
          about="They get through for as long as their hosts do not enforce."
          listed={wouldDeny}
          {...of}
        />
      )}
      {opens.flows > 0 && <Connections title="Were denied, and would get through" listed={opens} {...of} />}
      {brokenAlready.flows > 0 && (
        <Connections
          title="Broken already"
          about="They got through when they were recorded; what is in force denies them as well."
          listed={brokenAlready}
          {...of}
        />
      )}
      <Proof plan={plan} version={version} />
      <section className="section" aria-label="Who may reach whom">
        <h2>Who may reach whom</h2>
        <ReachChange reach={plan.reach} isFirst={active === null} />
      </section>
      <Hosts hosts={plan.hosts} />
    </div>
  );
}

/** The figures that decide whether one reads on. */
export function Sum({ plan }: { readonly plan: PlanView }) {
  const { flows, hosts, tests, invariants, reach } = plan;
  const failed =
    tests.filter(({ passed }) => !passed).length + invariants.filter(({ holds }) => !holds).length;
  const proofs = tests.length + invariants.length;
  return (
    <dl className="sum">
      <Figure look={flows.breaks.flows > 0 ? "bad" : "good"} name="Would break">
        {flows.breaks.flows === 0 ? "nothing recorded" : counted(flows.breaks.connections, "connection")}
      </Figure>
      <Figure name="Were denied, would get through">{counted(flows.opens.connections, "connection")}</Figure>
      <Figure name="Reach">
        + {count(reach.gained.length)} − {counted(reach.lost.length, "way")}
      </Figure>
      <Figure name="Hosts with something else to do">
        {count(hosts.affected.length)} of {count(hosts.all)}
      </Figure>
      <Figure look={failed > 0 ? "bad" : "good"} name="Tests and invariants">
        {proofs === 0 ? "none" : failed === 0 ? `all ${proofs} hold` : `${failed} of ${proofs} do not hold`}
      </Figure>
    </dl>
  );
}

function Figure({
  name,
  look = "plain",
  children,
}: {
  readonly name: string;
  readonly look?: "good" | "bad" | "plain";
  readonly children: ReactNode;
}) {
  return (
    <div className={look}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Hosts({ hosts: { all, affected } }: { readonly hosts: PlanView["hosts"] }) {
  return (
    <section className="section" aria-label="Hosts affected">
      <h2>
        Hosts with something else to do: {count(affected.length)} of {count(all)}
      </h2>
      <ul className="affected">
        {affected.slice(0, HOSTS_SHOWN).map(({ name, what }) => (
          <li key={name}>
            <Link href={`/hosts/${encodeURIComponent(name)}`}>{name}</Link>{" "}
            <small>{what.map((word) => AFFECTED_WORDS[word] ?? word).join(", ")}</small>
          </li>
        ))}
      </ul>
      {affected.length > HOSTS_SHOWN && (
        <p className="dim">and {count(affected.length - HOSTS_SHOWN)} more</p>
      )}
    </section>
  );
}

/** The sum, and what breaks, for somebody who is about to make it so. */
export function ShortImpact({
  plan,
  version,
}: {
  readonly plan: MakingOf<PlanEnd>;
  /** Undefined for text that is not kept. */
  readonly version: number | undefined;
}) {
  const { end } = plan;
  return (
    <>
      <Making of={plan} />
      {end?.kind === "plan" && (
        <>
          <Sum plan={end.plan} />
          <p>
            {breakWords(end.plan)}{" "}
            {version !== undefined && (
              <Link href={addressOf(`/policy/${version}`, { show: "impact" })}>All of its impact</Link>
            )}
          </p>
        </>
      )}
    </>
  );
}
