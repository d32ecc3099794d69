/** Begins to bring a version to the hosts in waves: who would be in which is shown before. */

import type { RolloutDetails, RolloutPreview } from "@bulkhead/server/api/rollout-shapes.ts";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { send } from "../api/client.ts";
import { FormDialog } from "../parts/form-dialog.tsx";
import { Failure } from "../parts/page.tsx";
import { counted } from "../parts/words.ts";
import "./rollouts.css";

const USUAL = "1, 10%, 100%";
const USUAL_MINUTES = 5;
const SHOWN = 6;

export function InWaves({ version }: { readonly version: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        In waves
      </button>
      {isOpen && <WavesDialog version={version} onClose={() => setOpen(false)} />}
    </>
  );
}

export function WavesDialog({
  version,
  onClose,
}: {
  readonly version: number;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState(USUAL);
  const [minutes, setMinutes] = useState(USUAL_MINUTES);
  const [, go] = useLocation();
  const client = useQueryClient();
  const asked = { version, waves: wavesOf(text), holdSeconds: Math.max(1, Math.round(minutes * 60)) };
  const preview = useQuery<RolloutPreview, Error>({
    queryKey: ["rollouts", "preview", version, asked.waves.join()],
    queryFn: () => send("POST", "rollouts/preview", asked),
    enabled: asked.waves.length > 0,
    retry: false,
  });
  return (
    <FormDialog
      title={`Bring version ${version} to the hosts in waves`}
      confirm="Begin with the first wave"
      onClose={onClose}
      submit={async () => {
        const begun = await send<RolloutDetails>("POST", "rollouts", asked);
        await client.invalidateQueries({ queryKey: ["rollouts"] });
        go(`/rollouts/${begun.number}`);
      }}
    >
      <p>
        Each wave is watched for a while before the next begins. Where its hosts deny what was allowed before,
        fail their probation or fall silent, it is halted and taken back by itself; hosts of later waves are
        never touched.
      </p>
      <label>
        <span>Waves: numbers of hosts, or parts of all</span>
        <input value={text} onChange={(event) => setText(event.target.value)} className="mono" />
      </label>
      <label>
        <span>Minutes between two waves</span>
        <input
          type="number"
          min={0.1}
          step="any"
          value={minutes}
          onChange={(event) => setMinutes(Number(event.target.value))}
        />
      </label>
      {preview.error !== null && <Failure error={preview.error} />}
      <ol className="waves">
        {preview.data?.waves.map(({ asked, hosts }) => (
          <li key={asked}>
            <b>{asked}</b>: {counted(hosts.length, "host")}{" "}
            <span className="dim">
              {hosts.slice(0, SHOWN).join(", ")}
              {hosts.length > SHOWN && ", …"}
            </span>
          </li>
        ))}
      </ol>
    </FormDialog>
  );
}

function wavesOf(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}
