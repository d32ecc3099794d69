/** Changes a segment's mode: a version like any other, in whose text that mode alone is another. */

import { modeMessage, wantedWords } from "@bulkhead/shared/policy/edit/segment-mode.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { send } from "../api/client.ts";
import { useHosts } from "../api/queries.ts";
import { FrontDialog } from "../parts/dialog.tsx";
import { useMay } from "../parts/role.ts";
import { counted } from "../parts/words.ts";
import { PLAN_WINDOW } from "../plan/impact.tsx";
import { ActivationDialog, FRESH_MILLISECONDS, type Way } from "../policy/activation.tsx";
import { ProblemList } from "../policy/problem-list.tsx";
import { ChangeWords } from "./change-words.tsx";
import type { ModeChange } from "./mode-change.ts";
import { ModeChoice } from "./mode-choice.tsx";
import type { AskedMode } from "./use-mode-asked.ts";
import { type SegmentChange, useChangePlan } from "./use-mode-change.ts";

interface ModeDialogProps {
  readonly of: SegmentChange;
  readonly choice: AskedMode;
  /** The version is kept by then. */
  readonly onWaves: (version: number) => void;
  readonly onClose: () => void;
}

export function ModeDialog(props: ModeDialogProps) {
  const { of, choice, onClose } = props;
  const { change, name, asked } = of;
  if (change.kind === "change") return <ChangeDialog {...props} change={change} />;
  return (
    <FrontDialog title={`Mode of ${name}`} onClose={onClose} wide>
      <ModeChoice {...choice} />
      <ChangeWords name={name} asked={asked} change={change} />
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={onClose}>
          Leave it
        </button>
      </div>
    </FrontDialog>
  );
}

function ChangeDialog({
  of,
  choice,
  change,
  onWaves,
  onClose,
}: ModeDialogProps & { readonly change: ModeChange }) {
  const { name, active, asked } = of;
  const plan = useChangePlan(of, { window: PLAN_WINDOW, freshFor: FRESH_MILLISECONDS });
  const mayActivate = useMay("approver");
  const [, go] = useLocation();
  const kept = useKeptVersion(of, change);
  const words = wantedWords(change.wanted);
  return (
    <ActivationDialog
      title={`Mode of ${name}: ${words}`}
      confirm={`Have ${name} ${words}`}
      plan={change.moved.length === 0 ? undefined : plan}
      kept={kept.number}
      version={kept.keep}
      ways={mayActivate ? "at-once-or-on-trial" : "none"}
      others={(way) => (
        <>
          <Other way={way} words="Keep as a draft" act={(version) => go(`/policy/${version}`)} />
          {mayActivate && <Other way={way} words="In waves" act={onWaves} />}
        </>
      )}
      onClose={onClose}
    >
      <ModeChoice {...choice} />
      <ChangeWords name={name} asked={asked} change={change} />
      <Happens change={change} active={active} mayActivate={mayActivate} />
      {kept.number !== undefined && (
        <p>
          It is kept as <Link href={`/policy/${kept.number}`}>version {kept.number}</Link>.
        </p>
      )}
      {kept.problems.length > 0 && (
        <div className="notice bad" role="alert">
          <strong>The server keeps no version like this:</strong>
          <ProblemList problems={kept.problems} />
        </div>
      )}
    </ActivationDialog>
  );
}

function Other({
  way: { isBusy, withVersion },
  words,
  act,
}: {
  readonly way: Way;
  readonly words: string;
  readonly act: (version: number) => void;
}) {
  return (
    <button
      type="button"
      className="button"
      disabled={isBusy}
      onClick={() => withVersion(async (version) => act(version))}
    >
      {words}
    </button>
  );
}

/** To how many, when, and how it is undone. */
function Happens({
  change: { moved },
  active,
  mayActivate,
}: {
  readonly change: ModeChange;
  readonly active: number;
  readonly mayActivate: boolean;
}) {
  const hosts = useHosts().data ?? [];
  const connected = hosts.filter((host) => host.connected && moved.some(({ name }) => name === host.name));
  const away = moved.length - connected.length;
  return (
    <p>
      It is a version like any other: the text of version {active} with this one mode changed in its place.{" "}
      {mayActivate ? (
        <>
          {moved.length > 0 &&
            `${counted(connected.length, "connected host")} ${connected.length === 1 ? "takes" : "take"} it on at once, on probation: a host that no longer reaches this server through it goes back by itself. `}
          {away > 0 && `${counted(away, "host")} away ${away === 1 ? "follows" : "follow"} on coming back. `}
          Rolling back to version {active} undoes it.
        </>
      ) : (
        "You may keep it as a draft; no host is changed until somebody who may makes it active."
      )}{" "}
      What is kept in a repository should follow.
    </p>
  );
}

interface Kept {
  /** Once there is one. */
  readonly number: number | undefined;
  readonly problems: readonly Problem[];
  readonly keep: () => Promise<number | undefined>;
}

interface Answer {
  readonly number: number | null;
  readonly problems: readonly Problem[];
}

/** Of each change one version alone, however often somebody tries to make it active. */
function useKeptVersion({ name, active }: SegmentChange, { files, wanted }: ModeChange): Kept {
  const client = useQueryClient();
  const text = JSON.stringify([active, name, wanted]);
  const [known, setKnown] = useState<ReadonlyMap<string, number>>(new Map());
  const [refused, setRefused] = useState<{ readonly text: string; readonly problems: readonly Problem[] }>();
  return {
    number: known.get(text),
    problems: refused?.text === text ? refused.problems : [],
    keep: async () => {
      const before = known.get(text);
      if (before !== undefined) return before;
      const body = {
        files: files.map(({ name, text }) => ({ name, text })),
        message: modeMessage(name, wanted, active),
      };
      const { number, problems } = await send<Answer>("POST", "policies", body);
      void client.invalidateQueries({ queryKey: ["policies"] });
      if (number === null) {
        setRefused({ text, problems: problems.filter(({ severity }) => severity === "error") });
        return undefined;
      }
      setKnown((others) => new Map(others).set(text, number));
      return number;
    },
  };
}
