/** State that lives in the address, so that any view can be shared. */

import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";

export type Changes = Readonly<Record<string, string | undefined>>;

/** All that the address says, the same object until it says something else, and a function that changes some of it; empty text takes a key away. */
export function useAddressState(): readonly [Readonly<Record<string, string>>, (changes: Changes) => void] {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (changes: Changes) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [key, value] of Object.entries(changes))
            if (value === undefined || value === "") next.delete(key);
            else next.set(key, value);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  const state = useMemo(() => Object.fromEntries(params), [params]);
  return [state, change];
}

/** An address inside the dashboard. */
export function addressOf(path: string, state: Changes = {}): string {
  const given = Object.entries(state).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, value] as [string, string]],
  );
  const search = new URLSearchParams(given).toString();
  return search === "" ? path : `${path}?${search}`;
}
