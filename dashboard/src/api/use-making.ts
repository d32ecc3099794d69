/** What the server takes its time to make: how far it has come, and what it has made. */

import type { ProgressLine } from "@bulkhead/server/api/progress-shapes.ts";
import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

/** What is made anew by itself rests for so many times as long as it took. */
const REST = 10;

export interface MakingOf<End> {
  readonly end: End | undefined;
  readonly error: Error | null;
  readonly isMaking: boolean;
  readonly progress: ProgressLine | undefined;
  /** What it was made from has changed since. */
  readonly isOutdated: boolean;
  readonly make: () => void;
  /** The server stops as well. */
  readonly cancel: () => void;
}

interface Asked<End> {
  /** Under which topic it is known, and what it is asked about; made once for all who ask for the same. */
  readonly of: readonly [topic: string, ...asked: unknown[]];
  /** The answer's lines; undefined asks for nothing. */
  readonly lines: ((signal: AbortSignal) => AsyncIterable<End | ProgressLine>) | undefined;
  /** Milliseconds after which one that was made before is made anew for whoever opens it. */
  readonly freshFor: number;
  /** Milliseconds after which it is made anew for whoever looks on, or longer, where making it takes long; undefined: never by itself. */
  readonly againAfter?: number | undefined;
}

export function useMaking<End extends { readonly kind: string }>({
  of: [topic, ...asked],
  lines,
  freshFor,
  againAfter,
}: Asked<End>): MakingOf<End> {
  const client = useQueryClient();
  const queryKey = [topic, ...asked];
  const progressKey = [`${topic}-progress`, ...asked];
  const took = useRef(0);
  const making = useQuery<End>({
    queryKey,
    queryFn:
      lines === undefined
        ? skipToken
        : async ({ signal }) => {
            client.removeQueries({ queryKey: progressKey });
            const began = performance.now();
            for await (const line of lines(signal)) {
              took.current = performance.now() - began;
              if (line.kind !== "progress") return line as End;
              client.setQueryData(progressKey, line);
            }
            throw new Error("the server's answer ended too early");
          },
    staleTime: freshFor,
    refetchInterval: () => againAfter !== undefined && Math.max(againAfter, REST * took.current),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
  const progress = useQuery<ProgressLine>({ queryKey: progressKey, queryFn: skipToken });
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
