/** What the server makes out of recorded flows. */

import type { ProgressLine } from "@bulkhead/server/api/progress-shapes.ts";
import { getForLines, type Query } from "../api/client.ts";
import { type MakingOf, useMaking } from "../api/use-making.ts";

/** An answer is kept for those who come back within this. */
const FRESH_MILLISECONDS = 60_000;

/** @param since how the address names the time from which on flows are looked at; it is made a moment when it is asked. `againAfter`: as for `useMaking`. */
export function useAdvice<End extends { readonly kind: string }>(
  path: string,
  { window, since, ...query }: Query & { readonly window: string; readonly since: number },
  againAfter?: number,
): MakingOf<End> {
  return useMaking<End>({
    of: ["advice", path, window, query],
    lines: (signal) => getForLines<End | ProgressLine>(path, { ...query, since }, signal),
    freshFor: FRESH_MILLISECONDS,
    againAfter,
  });
}
