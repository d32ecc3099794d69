/** What another mode of a segment would mean: for which hosts, and what of what was recorded it would stop. */

import { WINDOWS, windowNamed } from "../api/window.ts";
import { useAddressState } from "../parts/address-state.ts";
import { Connections } from "../plan/connections.tsx";
import { PLAN_WINDOW, ShortImpact } from "../plan/impact.tsx";
import { ChangeWords } from "./change-words.tsx";
import { ModeChoice } from "./mode-choice.tsx";
import type { AskedMode } from "./use-mode-asked.ts";
import { type SegmentChange, useChangePlan } from "./use-mode-change.ts";

export function WhatIf({ choice, of }: { readonly choice: AskedMode; readonly of: SegmentChange }) {
  const { change, name, asked } = of;
  return (
    <section className="section what-if" aria-label="With another mode">
      <h2>What if it said another mode?</h2>
      <ModeChoice {...choice} />
      <ChangeWords name={name} asked={asked} change={change} />
      {change.kind === "change" && change.moved.length > 0 && <Foretold of={of} />}
    </section>
  );
}

function Foretold({ of }: { readonly of: SegmentChange }) {
  const [state, change] = useAddressState();
  const window = windowNamed(state.window ?? PLAN_WINDOW).name;
  const plan = useChangePlan(of, { window });
  const flows = plan.end?.kind === "plan" ? plan.end.plan.flows : undefined;
  return (
    <>
      <div className="filters spaced">
        <label className="field">
          <span>Judge what was recorded in the last</span>
          <select value={window} onChange={(event) => change({ window: event.target.value })}>
            {WINDOWS.map(({ name, words }) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </div>
      <ShortImpact plan={plan} version={undefined} />
      {flows !== undefined && flows.breaks.flows > 0 && (
        <Connections title="Would break" listed={flows.breaks} version={null} window={window} />
      )}
      {flows !== undefined && flows.wouldDeny.flows > 0 && (
        <Connections
          title="Would be recorded as would be denied"
          about="They get through for as long as their hosts do not enforce."
          listed={flows.wouldDeny}
          version={null}
          window={window}
        />
      )}
      {flows !== undefined && flows.opens.flows > 0 && (
        <Connections
          title="Were denied, and would get through"
          listed={flows.opens}
          version={null}
          window={window}
        />
      )}
    </>
  );
}
