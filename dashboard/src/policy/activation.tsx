/** The dialog in which a version becomes the active one: what it would change is shown before, and where connections would break it is asked again. */

import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { send } from "../api/client.ts";
import type { MakingOf } from "../api/use-making.ts";
import { FrontDialog } from "../parts/dialog.tsx";
import { Failure } from "../parts/page.tsx";
import { Moment } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";
import { ShortImpact } from "../plan/impact.tsx";
import { decisionWords, endWords } from "../plan/plan-words.ts";
import type { PlanEnd } from "../plan/use-plan.ts";
import "./activation.css";

/** An older plan is made anew for whoever is about to act on it. */
export const FRESH_MILLISECONDS = 60_000;
const SHOWN = 8;
const TRIAL_SECONDS = 600;

interface ActivationProps {
  readonly title: string;
  /** The word on the button that does it. */
  readonly confirm: string;
  /** What will happen, to how many hosts, and how it is undone. */
  readonly children: ReactNode;
  /** Undefined where no host gets anything else to do. */
  readonly plan: MakingOf<PlanEnd> | undefined;
  /** Where all of its impact can be read; undefined while it is not kept. */
  readonly kept: number | undefined;
  /** The version, kept by then; undefined where the server keeps none, which the children say. */
  readonly version: () => Promise<number | undefined>;
  /** Whether the reader may make it active, and try it. */
  readonly ways: "none" | "at-once" | "at-once-or-on-trial";
  /** Other ways, as buttons; they get how something is done with the version. */
  readonly others?: (way: Way) => ReactNode;
  readonly onClose: () => void;
}

export interface Way {
  readonly isBusy: boolean;
  readonly withVersion: (what: (version: number) => Promise<void>) => Promise<void>;
}

export function ActivationDialog({
  title,
  confirm,
  children,
  plan,
  kept,
  version,
  ways,
  others,
  onClose,
}: ActivationProps) {
  const [isAskedAgain, setAskedAgain] = useState(false);
  const [isSure, setSure] = useState(false);
  const { isBusy, error, withVersion } = useWay(version);
  const activate = useActivate(onClose);
  const doubt = plan && doubtOf(plan.isMaking ? undefined : plan.end);
  const again = isAskedAgain && doubt !== undefined;
  const go = async () => {
    if (again || doubt === undefined)
      return withVersion((number) => activate(`policies/${number}/provision`));
    setAskedAgain(true);
    setSure(false);
  };
  return (
    <FrontDialog title={title} onClose={onClose} wide>
      {again ? (
        <>
          <Doubt doubt={doubt} end={plan?.end} />
          <label className="sure">
            <input type="checkbox" checked={isSure} onChange={(event) => setSure(event.target.checked)} />
            That is what I want
          </label>
        </>
      ) : (
        <>
          {children}
          {plan !== undefined && <ShortImpact plan={plan} version={kept} />}
        </>
      )}
      {error !== undefined && <Failure error={error} />}
      <div className="dialog-buttons wrapping">
        <button type="button" className="button" onClick={again ? () => setAskedAgain(false) : onClose}>
          {again ? "Look again" : "Leave it"}
        </button>
        {!again && others?.({ isBusy, withVersion })}
        {!again && ways === "at-once-or-on-trial" && (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            title="Every host's kernel goes back by itself, unless somebody confirms"
            onClick={() =>
              withVersion((number) => activate(`policies/${number}/trial`, { seconds: TRIAL_SECONDS }))
            }
          >
            Try it for {TRIAL_SECONDS / 60} minutes
          </button>
        )}
        {ways !== "none" && (
          <button
            type="button"
            className={again ? "button danger" : "button main"}
            disabled={isBusy || (again && !isSure)}
            onClick={go}
          >
            {again ? doubt.confirm : confirm}
          </button>
        )}
      </div>
    </FrontDialog>
  );
}

function useActivate(done: () => void): (path: string, body?: object) => Promise<void> {
  const client = useQueryClient();
  return async (path, body) => {
    await send("POST", path, body);
    for (const topic of ["policies", "status"]) void client.invalidateQueries({ queryKey: [topic] });
    done();
  };
}

function useWay(version: () => Promise<number | undefined>): Way & { readonly error: Error | undefined } {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | undefined>();
  return {
    isBusy,
    error,
    withVersion: async (what) => {
      setBusy(true);
      setError(undefined);
      try {
        const number = await version();
        if (number !== undefined) await what(number);
      } catch (failed) {
        setError(failed as Error);
      } finally {
        setBusy(false);
      }
    },
  };
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
