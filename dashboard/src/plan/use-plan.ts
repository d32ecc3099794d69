/** What a version would change, as the server makes it out. */

import type { PlanLine } from "@bulkhead/server/api/plan-shapes.ts";
import type { ProgressLine } from "@bulkhead/server/api/progress-shapes.ts";
import { sendForLines } from "../api/client.ts";
import type { PolicyFile } from "../api/queries.ts";
import { type MakingOf, useMaking } from "../api/use-making.ts";
import { sinceOf } from "../api/window.ts";
import type { DraftText } from "../policy/draft-text.ts";

export type PlanEnd = Exclude<PlanLine, ProgressLine>;

/** So many different connections of each kind are listed; all are counted. */
const LISTED = 1_000;

/** Text that is not kept, under a name that no other text has. */
export interface NamedText {
  readonly files: readonly PolicyFile[];
  readonly at: string;
}

export interface PlanAsked {
  /** A version, or text that is not kept; undefined asks for nothing. */
  readonly draft: number | DraftText | NamedText | undefined;
  /** What is in force: against another version the plan is another one. */
  readonly active: number | undefined;
  /** Whose recorded connections are judged, as in the address: `7d`. */
  readonly window: string;
  /** Milliseconds after which one that was made before is made anew for whoever opens it. */
  readonly freshFor?: number;
}

export function usePlan({
  draft,
  active,
  window,
  freshFor = Number.POSITIVE_INFINITY,
}: PlanAsked): MakingOf<PlanEnd> {
  return useMaking<PlanEnd>({
    of: ["plan", typeof draft === "object" ? `text of ${draft.at}` : draft, active ?? null, window],
    lines:
      draft === undefined
        ? undefined
        : (signal) => {
            const what = typeof draft === "object" ? { files: draft.files } : { version: draft };
            const body = { ...what, since: sinceOf(window), limit: LISTED };
            return sendForLines<PlanLine>("plan", body, signal);
          },
    freshFor,
  });
}
