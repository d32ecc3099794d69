/** What a version would change, as the server makes it out: progress while it does, and the plan at the end. */

import type { PlanLine } from "@bulkhead/server/api/plan-shapes.ts";
import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { sendForLines } from "../api/client.ts";
import { sinceOf } from "../api/window.ts";
import type { DraftText } from "../policy/draft-text.ts";

export type PlanProgress = Extract<PlanLine, { kind: "progress" }>;
export type PlanEnd = Exclude<PlanLine, PlanProgress>;

/** So many different connections of each kind are listed; all are counted. */
const LISTED = 1_000;

export interface PlanAsked {
  /** A version, or text that is not kept; undefined asks for nothing. */
  readonly draft: number | DraftText | undefined;
  /** What is in force: against another version the plan is another one. */
  readonly active: number | undefined;
  /** Whose recorded connections are judged, as in the address: `7d`. */
  readonly window: string;
  /** Milliseconds after which one that was made before is made anew for whoever opens it. */
  readonly freshFor?: number;
}

export interface PlanMaking {
  readonly end: PlanEnd | undefined;
  readonly error: Error | null;
  readonly isMaking: boolean;
  readonly progress: PlanProgress | undefined;
  /** Hosts have come, gone or changed since. */
  readonly isOutdated: boolean;
  readonly make: () => void;
  /** The server stops as well. */
  readonly cancel: () => void;
}

/** Made once for all who ask for the same. */
export function usePlan({ draft, active, window, freshFor }: PlanAsked): PlanMaking {
  const client = useQueryClient();
  const asked = [typeof draft === "object" ? `text of ${draft.at}` : draft, active ?? null, window];
  const queryKey = ["plan", ...asked];
  const progressKey = ["plan-progress", ...asked];
  const making = useQuery<PlanEnd>({
    queryKey,
    queryFn:
      draft === undefined
        ? skipToken
        : async ({ signal }) => {
            client.removeQueries({ queryKey: progressKey });
            const what = typeof draft === "object" ? { files: draft.files } : { version: draft };
            const body = { ...what, since: sinceOf(window), limit: LISTED };
            for await (const line of sendForLines<PlanLine>("plan", body, signal)) {
              if (line.kind !== "progress") return line;
              client.setQueryData(progressKey, line);
            }
            throw new Error("the server's answer has no plan");
          },
    staleTime: freshFor ?? Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
  const progress = useQuery<PlanProgress>({ queryKey: progressKey, queryFn: skipToken });
  return {
    end: making.data,
    error: making.error,
    isMaking: making.isFetching,
    progress: progress.data,
    isOutdated: making.data !== undefined && client.getQueryState(queryKey)?.isInvalidated === true,
    make: () => void making.refetch(),
    cancel: () => void client.cancelQueries({ queryKey }),
  };
}
