/** How far a plan has come, and the way out. */

import { Failure } from "../parts/page.tsx";
import { count } from "../parts/words.ts";
import type { PlanMaking, PlanProgress } from "./use-plan.ts";

/** What is there while there is no plan, or another is being made. Nothing once there is one that holds. */
export function Making({ plan }: { readonly plan: PlanMaking }) {
  const { isMaking, progress, error, end, isOutdated, make, cancel } = plan;
  if (isMaking)
    return (
      <div className="notice making">
        <p role="status">{progress === undefined ? "Asking the server" : progressWords(progress)}…</p>
        <progress aria-label="The plan" {...(progress && shareOf(progress))} />
        <button type="button" className="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    );
  const again = (words: string) => (
    <button type="button" className="button" onClick={make}>
      {words}
    </button>
  );
  if (error !== null)
    return (
      <>
        <Failure error={error} />
        {again("Try again")}
      </>
    );
  if (end === undefined)
    return (
      <div className="notice">
        <p>What it would change has not been made out.</p>
        {again("Make it out")}
      </div>
    );
  if (!isOutdated) return null;
  return (
    <div className="notice doubt">
      <p>Hosts have come, gone or changed since this was made out.</p>
      {again("Make it out anew")}
    </div>
  );
}

function progressWords({ step, records = 0, judged = 0 }: PlanProgress): string {
  switch (step) {
    case "reach":
      return "Comparing who can reach whom";
    case "proof":
      return "Running the tests, proving the invariants";
    case "records":
      return `Reading what was recorded: ${count(records)} records`;
    case "judging":
      return `Judging connections: ${count(judged)}`;
  }
}

/** Of what it is known how long it takes. */
function shareOf({ step, spans, ofSpans }: PlanProgress): { value: number; max: number } | undefined {
  if (step !== "records" || spans === undefined || ofSpans === undefined || ofSpans === 0) return undefined;
  return { value: spans, max: ofSpans };
}
