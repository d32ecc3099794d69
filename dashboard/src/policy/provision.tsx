/** Making a version the active one: what it would change is shown before, and where connections would break it is asked again. */

import type { StatusView } from "@bulkhead/server/api/shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../api/client.ts";
import { FrontDialog } from "../parts/dialog.tsx";
import { Failure } from "../parts/page.tsx";
import { Moment } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";
import { PLAN_WINDOW, ShortImpact } from "../plan/impact.tsx";
import { decisionWords, endWords } from "../plan/plan-words.ts";
import { type PlanEnd, usePlan } from "../plan/use-plan.ts";

/** An older plan is made anew for whoever is about to act on it. */
const FRESH_MILLISECONDS = 60_000;
const SHOWN = 8;
const TRIAL_SECONDS = 600;

interface ProvisionProps {
  readonly version: number;
  readonly active: number | undefined;
  readonly hosts: StatusView["hosts"];
}

export function Provision(props: ProvisionProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button main" onClick={() => setOpen(true)}>
        Provision
      </button>
      {isOpen && <ProvisionDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function ProvisionDialog({
  version,
  active,
  hosts,
  onClose,
}: ProvisionProps & { readonly onClose: () => void }) {
  const plan = usePlan({ draft: version, active, window: PLAN_WINDOW, freshFor: FRESH_MILLISECONDS });
  const client = useQueryClient();
  const [isAskedAgain, setAskedAgain] = useState(false);
  const [isSure, setSure] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | undefined>();
  const doubt = doubtOf(plan.isMaking ? undefined : plan.end);
  const go = async () => {
    if (doubt !== undefined && !isAskedAgain) {
      setAskedAgain(true);
      setSure(false);
      return;
    }
    await ask(`policies/${version}/provision`);
  };
  const ask = async (path: string, body?: object) => {
    setBusy(true);
    setError(undefined);
    try {
      await send("POST", path, body);
      for (const topic of ["policies", "status"]) void client.invalidateQueries({ queryKey: [topic] });
      onClose();
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  const again = isAskedAgain && doubt !== undefined;
  return (
    <FrontDialog title={`Make version ${version} active`} onClose={onClose} wide>
      {again ? (
        <>
          <Doubt doubt={doubt} end={plan.end} />
          <label className="sure">
            <input type="checkbox" checked={isSure} onChange={(event) => setSure(event.target.checked)} />
            That is what I want
          </label>
        </>
      ) : (
        <>
          <p>
            {counted(hosts.connected, "connected host")} take it on at once, each on probation of its own: a
            host that no longer reaches this server through it goes back by itself.{" "}
            {hosts.joined - hosts.connected} that are away follow when they come back. Rolling back undoes it.
          </p>
          <ShortImpact plan={plan} version={version} />
        </>
      )}
      {error !== undefined && <Failure error={error} />}
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={again ? () => setAskedAgain(false) : onClose}>
          {again ? "Look again" : "Leave it"}
        </button>
        {!again && active !== undefined && (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            title="Every host's kernel goes back by itself, unless somebody confirms"
            onClick={() => ask(`policies/${version}/trial`, { seconds: TRIAL_SECONDS })}
          >
            Try it for {TRIAL_SECONDS / 60} minutes
          </button>
        )}
        <button
          type="button"
          className={again ? "button danger" : "button main"}
          disabled={isBusy || (again && !isSure)}
          onClick={go}
        >
          {again ? doubt.confirm : `Make version ${version} active`}
        </button>
      </div>
    </FrontDialog>
  );
}

interface Doubt {
  readonly title: string;
  readonly confirm: string;
}

/** Why one should not go on without a second look; undefined where nothing speaks for one. */
function doubtOf(end: PlanEnd | undefined): Doubt | undefined {
  if (end?.kind !== "plan")
    return { title: "What it would break is not known.", confirm: "Make it active all the same" };
  const { breaks } = end.plan.flows;
  if (breaks.flows === 0) return undefined;
  const many = counted(breaks.connections, "recorded connection");
  return { title: `${many} would break.`, confirm: "Break them and make it active" };
}

function Doubt({ doubt, end }: { readonly doubt: Doubt; readonly end: PlanEnd | undefined }) {
  const list = end?.kind === "plan" ? end.plan.flows.breaks.list : [];
  return (
    <div className="notice bad" role="alert">
      <strong>{doubt.title}</strong>
      <ul className="breaking">
        {list.slice(0, SHOWN).map((one) => (
          <li key={JSON.stringify([one.source, one.destination, one.service, one.next, one.end])}>
            {endWords(one.source)} → {endWords(one.destination)} <span className="mono">{one.service}</span>:{" "}
            {counted(one.connections, "time")}, last <Moment at={one.end} />; {decisionWords(one.next)}
          </li>
        ))}
      </ul>
      {list.length > SHOWN && <p>and {list.length - SHOWN} more</p>}
    </div>
  );
}
