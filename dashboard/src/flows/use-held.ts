/** Keeps a list as it is while somebody reads it, and counts what has come meanwhile. */

import type { FlowView } from "@bulkhead/server/api/flow-shapes.ts";
import { useEffect, useState } from "react";
import { flowKey } from "./flow-words.ts";

interface Held {
  readonly shown: readonly FlowView[] | undefined;
  /** Flows that are not shown yet. */
  readonly newer: number;
  readonly release: () => void;
}

/** `of`: what is asked for; another question is answered at once. */
export function useHeld(
  latest: readonly FlowView[] | undefined,
  { isHeld, of }: { readonly isHeld: boolean; readonly of: unknown },
): Held {
  const [kept, setKept] = useState({ flows: latest, of });
  const isSame = kept.of === of;
  const isLonger = (latest?.length ?? 0) > (kept.flows?.length ?? 0) && endsAlike(kept.flows, latest);
  const mayChange = !isHeld || !isSame || kept.flows === undefined || isLonger;
  useEffect(() => {
    if (mayChange && (kept.flows !== latest || !isSame)) setKept({ flows: latest, of });
  }, [mayChange, latest, of, kept.flows, isSame]);
  const shown = mayChange ? latest : kept.flows;
  return {
    shown,
    newer: mayChange ? 0 : newerThan(kept.flows, latest),
    release: () => setKept({ flows: latest, of }),
  };
}

/** Whether only older ones were added behind. */
function endsAlike(kept: readonly FlowView[] | undefined, latest: readonly FlowView[] | undefined): boolean {
  const [a, b] = [kept?.[0], latest?.[0]];
  return a !== undefined && b !== undefined && a.end === b.end && flowKey(a) === flowKey(b);
}

function newerThan(kept: readonly FlowView[] | undefined, latest: readonly FlowView[] | undefined): number {
  const end = kept?.[0]?.end ?? 0;
  return latest?.filter((flow) => flow.end > end).length ?? 0;
}
