/** What is doubtful in a draft, on the hosts that there are and against what was recorded. */

import { LIMITS } from "@bulkhead/shared/policy/limits.ts";
import { z } from "zod";
import { linesOf, type Route, route } from "../http/route.ts";
import type { Progress } from "../policy/judging/plan.ts";
import { LintLine } from "./advice-shapes.ts";
import { NamedDraft, namedDraft } from "./named-draft.ts";
import type { ApiParts } from "./parts.ts";
import { progressLines } from "./progress-lines.ts";

export function lintRoutes({ versions, estate, advising, flowsPath, now }: ApiParts): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/lint",
      changesNothing: true,
      role: "viewer",
      summary:
        "What is doubtful in a draft: rules that are shadowed, redundant, match nothing or allow far more than was seen; lines of progress, then the problems",
      bodyLimit: 2 * LIMITS.totalBytes,
      body: NamedDraft.extend({
        /** From when on recorded flows are looked at. */
        since: z.number().int().min(0),
      }),
      answer: linesOf(LintLine),
      handler: ({ signal }, { body: { since, ...named } }) => {
        const { version, draft } = namedDraft(named, versions);
        const task = { ...estate.judgingTask(draft), flows: { path: flowsPath, since, until: now() } };
        return progressLines(async (progress: (line: LintLine) => void) => {
          const tell = (step: Progress) => progress({ kind: "progress", ...step });
          const linted = await advising.lint(task, { signal, progress: tell });
          // What the thread made is plain data of just this shape; the answer's schema sees to that.
          return { ...linted, ...(linted.kind === "linted" && { version }) } as LintLine;
        });
      },
    }),
  ];
}
