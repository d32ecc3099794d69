/** What of the recorded flows no rule allows, and the rules that would: the work of the thread that judges. */

import type { EstateSuggestion } from "@bulkhead/shared/advice/estate-suggestion.ts";
import { segmentsIn, suggestForEstate, withoutPolicy } from "@bulkhead/shared/advice/suggest-estate.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import type { ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { RecordedFlows, type RecordedTime } from "../../store/flows/recorded-flows.ts";
import { activeOf, type JudgingTask, type Progress } from "./plan.ts";

export interface SuggestTask extends Omit<JudgingTask, "draft"> {
  readonly flows: RecordedTime & { readonly path: string };
  /** Where agents reach their server. */
  readonly server: readonly ServerEnd[];
  readonly segment: string | undefined;
  readonly units: boolean;
}

export type Suggested =
  | MadeSuggestion
  /** What was asked for is no segment of the policy, nor one that would be suggested. */
  | { readonly kind: "no-segment"; readonly problem: string };

interface MadeSuggestion {
  readonly kind: "made";
  readonly suggestion: EstateSuggestion;
  readonly flows: RecordedTime & { readonly records: number };
}

/** Throws `server/store-unusable`. */
export function suggestionOf(task: SuggestTask, progress: (progress: Progress) => void): Suggested {
  const { flows, server, segment, units, active, joined } = task;
  const resolved = activeOf(task) ?? withoutPolicy(new Map(joined.map((host) => [host.name, host])));
  const problem = segment === undefined ? undefined : problemOf(segment, resolved);
  if (problem !== undefined) return { kind: "no-segment", problem };
  using recorded = new RecordedFlows(flows.path);
  let records = 0;
  const all = recorded.habitual(flows, (reading) => {
    records = reading.records;
    progress({ step: "records", ...reading });
  });
  const suggestion = suggestForEstate(all, {
    ...{ resolved, files: active ?? [], server, segment, units },
    progress: (judged) => progress({ step: "judging", judged }),
  });
  const { since, until } = flows;
  return { kind: "made", suggestion, flows: { since, until, records } };
}

function problemOf(segment: string, resolved: ResolvedPolicy): string | undefined {
  const known = segmentsIn(resolved);
  if (known.includes(segment)) return undefined;
  const meant = nearest(segment, known);
  return `'${segment}' is no segment of the active policy, nor one that is suggested${meant === undefined ? "" : `; did you mean '${meant}'?`}`;
}
