/** How far it is with what the server takes its time for, and the way out. */

import type { ProgressLine } from "@bulkhead/server/api/progress-shapes.ts";
import type { MakingOf } from "../api/use-making.ts";
import { Failure } from "./page.tsx";
import { count } from "./words.ts";

/** What is there while there is nothing yet, or it is made anew. Nothing once there is what holds. */
export function Making({ of }: { readonly of: MakingOf<unknown> }) {
  const { isMaking, progress, error, end, isOutdated, make, cancel } = of;
  if (isMaking)
    return (
      <div className="notice making">
        <p role="status">{progress === undefined ? "Asking the server" : progressWords(progress)}…</p>
        <progress aria-label="How far it is" {...(progress && shareOf(progress))} />
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
        <p>This has not been made out.</p>
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

function progressWords({ step, records = 0, judged = 0 }: ProgressLine): string {
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
function shareOf({ step, spans, ofSpans }: ProgressLine): { value: number; max: number } | undefined {
  if (step !== "records" || spans === undefined || ofSpans === undefined || ofSpans === 0) return undefined;
  return { value: spans, max: ofSpans };
}
