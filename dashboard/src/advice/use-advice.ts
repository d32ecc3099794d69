/** What the server makes out of recorded flows: it takes its time, and says how far it has come. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getForLines, type Query } from "../api/client.ts";
import type { PlanMaking } from "../plan/use-plan.ts";

type Progress = NonNullable<PlanMaking["progress"]>;

/** An answer is kept for those who come back within this. */
const FRESH_MILLISECONDS = 60_000;

export interface Advice<End> extends Omit<PlanMaking, "end"> {
  readonly end: End | undefined;
}

/** @param since how the address names the time from which on flows are looked at; it is made a moment when it is asked. */
export function useAdvice<End extends { readonly kind: string }>(
  path: string,
  { window, since, ...query }: Query & { readonly window: string; readonly since: number },
): Advice<End> {
  const client = useQueryClient();
  const queryKey = ["advice", path, window, query];
  const progressKey = ["advice-progress", path, window, query];
  const making = useQuery<End>({
    queryKey,
    queryFn: async ({ signal }) => {
      client.removeQueries({ queryKey: progressKey });
      for await (const line of getForLines<End | Progress>(path, { ...query, since }, signal)) {
        if (line.kind !== "progress") return line as End;
        client.setQueryData(progressKey, line);
      }
      throw new Error("the server's answer ended too early");
    },
    staleTime: FRESH_MILLISECONDS,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
  const progress = useQuery<Progress>({ queryKey: progressKey, enabled: false });
  return {
    end: making.data,
    error: making.error,
    isMaking: making.isFetching,
    progress: progress.data,
    isOutdated: false,
    make: () => void making.refetch(),
    cancel: () => void client.cancelQueries({ queryKey }),
  };
}
