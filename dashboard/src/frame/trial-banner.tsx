/** The version that is on trial, on every page: how long it has still, and the two ways to end that. */

import type { TrialView } from "@bulkhead/server/api/trial-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { send } from "../api/client.ts";
import { useTrial } from "../api/queries.ts";
import { Failure } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { countdown } from "../parts/words.ts";

const TICK_MILLISECONDS = 1_000;
/** What a trial's end changes. */
const TOPICS = ["policies", "hosts", "status"];

export function TrialBanner() {
  const { data: trial, dataUpdatedAt } = useTrial();
  return trial == null ? null : <Banner trial={trial} toldAt={dataUpdatedAt} />;
}

function Banner({ trial, toldAt }: { readonly trial: TrialView; readonly toldAt: number }) {
  const mayDecide = useMay("approver");
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | undefined>();
  const now = useSeconds();
  const left = Math.max(0, trial.secondsLeft - Math.round((now - toldAt) / 1_000));
  const decide = async (what: "confirm" | "end") => {
    setBusy(true);
    setError(undefined);
    try {
      await send("POST", `trial/${what}`);
      for (const topic of TOPICS) void client.invalidateQueries({ queryKey: [topic] });
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="trial-banner" aria-label="A version is on trial">
      <p className="trial-words">
        Version {trial.version} is on trial by {trial.by}: every host's kernel goes back to version{" "}
        {trial.before} by itself in <b role="timer">{countdown(left)}</b>.
      </p>
      {error !== undefined && <Failure error={error} />}
      {mayDecide && (
        <div className="trial-buttons">
          <button type="button" className="button" disabled={isBusy} onClick={() => decide("end")}>
            Go back now
          </button>
          <button type="button" className="button main" disabled={isBusy} onClick={() => decide("confirm")}>
            Keep version {trial.version}
          </button>
        </div>
      )}
    </section>
  );
}

function useSeconds(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
