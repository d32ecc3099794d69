/** What can be done with a receiver that is there. */

import type { ReceiverView } from "@bulkhead/server/api/receiver-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../api/client.ts";
import { Asked } from "../parts/asked.tsx";
import { Failure } from "../parts/page.tsx";

interface ActionsProps {
  readonly receiver: ReceiverView;
}

export function ReceiverActions({ receiver }: ActionsProps) {
  const { name, state } = receiver;
  const client = useQueryClient();
  const act = (method: "POST" | "DELETE", path: string) => async () => {
    await send(method, path, method === "POST" ? {} : undefined);
    await client.invalidateQueries({ queryKey: ["receivers"] });
  };
  const path = `receivers/${encodeURIComponent(name)}`;
  return (
    <>
      <Try path={path} />{" "}
      {state === "paused" ? (
        <Asked
          label="Resume"
          title={`Resume ${name}`}
          confirm="Resume it"
          isMain
          act={act("POST", `${path}/resume`)}
        >
          <p>It goes on where it was paused: what happened meanwhile is told now, the oldest first.</p>
        </Asked>
      ) : (
        <Asked label="Pause" title={`Pause ${name}`} confirm="Pause it" act={act("POST", `${path}/pause`)}>
          <p>
            It is told nothing until it is resumed. What happens meanwhile is told then, except for what
            retention has removed by that time, which is counted as missed.
          </p>
        </Asked>
      )}{" "}
      <Asked
        label="Remove"
        title={`Remove ${name}`}
        confirm="Remove it"
        isDangerous
        act={act("DELETE", path)}
      >
        <p>
          It is told nothing any more, its secrets are removed, and how far it was told is forgotten. It
          cannot be undone: added again on the command line, it hears of what comes then, or from a moment on
          that <code>--since</code> names. To stop for a while, pause it.
        </p>
      </Asked>
    </>
  );
}

interface Tried {
  readonly delivered: boolean;
  readonly why: string | null;
}

/** Sends something made up; what became of it stands beside the button. */
function Try({ path }: { readonly path: string }) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [tried, setTried] = useState<Tried | undefined>();
  const [error, setError] = useState<Error | undefined>();
  const go = async () => {
    setBusy(true);
    setTried(undefined);
    setError(undefined);
    try {
      setTried(await send<Tried>("POST", `${path}/test`, {}));
      await client.invalidateQueries({ queryKey: ["receivers"] });
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {error !== undefined && <Failure error={error} />}
      <span role="status">
        {tried !== undefined && (
          <span className={`sync ${tried.delivered ? "good" : "bad"}`}>
            {tried.delivered ? "✓ it took the test" : `✕ it did not: ${tried.why ?? "no reason is known"}`}
          </span>
        )}
      </span>{" "}
      <button
        type="button"
        className="button"
        disabled={isBusy}
        title="Sends something made up at once"
        onClick={go}
      >
        Test
      </button>
    </>
  );
}
