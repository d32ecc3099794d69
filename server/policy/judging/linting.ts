/** What is doubtful in a draft, on the hosts that there are and against what was recorded: the work of the thread that judges. */

import { lintBreadth, lintEstate } from "@bulkhead/shared/advice/lint-policy.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { comparePlaces } from "@bulkhead/shared/policy/text/problems.ts";
import { RecordedFlows, type RecordedTime } from "../../store/flows/recorded-flows.ts";
import { estatePolicy } from "./estate-policy.ts";
import type { JudgingTask, Progress } from "./plan.ts";

export interface LintTask extends Omit<JudgingTask, "active"> {
  readonly flows: RecordedTime & { readonly path: string };
}

export type Linted =
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] }
  | {
      readonly kind: "linted";
      /** Warnings, in the order of their places. */
      readonly problems: readonly Problem[];
      readonly flows: RecordedTime & { readonly records: number };
    };

/** Throws `server/store-unusable`. */
export function lintOf(task: LintTask, progress: (progress: Progress) => void): Linted {
  const { policy, problems } = parsePolicy(task.draft, { now: task.now });
  if (policy === undefined) return { kind: "invalid", problems };
  const resolved = estatePolicy(policy, task);
  progress({ step: "reach" });
  const alone = lintEstate(resolved);
  const { flows } = task;
  using recorded = new RecordedFlows(flows.path);
  let records = 0;
  const broad = lintBreadth(resolved, {
    flows: recorded.all(flows, (reading) => {
      records = reading.records;
      progress({ step: "records", ...reading });
    }),
    until: flows.until,
    progress: (judged) => progress({ step: "judging", judged }),
  });
  const { since, until } = flows;
  return {
    kind: "linted",
    problems: eachOnce([...problems, ...alone, ...broad]),
    flows: { since, until, records },
  };
}

/** What is said of a place by its code alone once: the parser looks at the policy's own hosts, and here are all. */
function eachOnce(problems: readonly Problem[]): readonly Problem[] {
  const byPlace = new Map<string, Problem>();
  for (const problem of problems) {
    const { file, line, column } = problem.place;
    byPlace.getOrInsertComputed(JSON.stringify([problem.code, file, line, column]), () => problem);
  }
  return [...byPlace.values()].sort((a, b) => comparePlaces(a.place, b.place));
}
