/** What a draft would change, before it does. */

import { LIMITS } from "@bulkhead/shared/policy/limits.ts";
import { z } from "zod";
import { linesOf, type Route, route } from "../http/route.ts";
import type { Planned, Progress } from "../policy/judging/plan.ts";
import { NamedDraft, namedDraft } from "./named-draft.ts";
import type { ApiParts } from "./parts.ts";
import { PlanLine } from "./plan-shapes.ts";
import { progressLines } from "./progress-lines.ts";

const PlanRequest = NamedDraft.extend({
  /** From when on recorded flows are judged. */
  since: z.number().int().min(0),
  /** At most so many connections of each kind are listed. */
  limit: z.number().int().min(1).max(10_000).default(1_000),
});

export function planRoutes({
  versions,
  estate,
  judging,
  flowsPath,
  now,
  agentsEnds,
}: ApiParts): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/plan",
      role: "viewer",
      summary:
        "What a draft would change: reach, hosts, tests, invariants, and what recorded flows would meet; lines of progress, then the plan",
      bodyLimit: 2 * LIMITS.totalBytes,
      changesNothing: true,
      body: PlanRequest,
      answer: linesOf(PlanLine),
      handler: ({ signal }, { body: { since, limit, ...named } }) => {
        const { version, draft } = namedDraft(named, versions);
        const active = versions.active()?.version ?? null;
        const flows = { path: flowsPath, since, until: now() };
        const task = { ...estate.judgingTask(draft), limit, flows, server: agentsEnds() };
        return progressLines(async (progress: (line: PlanLine) => void) => {
          const tell = (step: Progress) => progress({ kind: "progress", ...step });
          return lineOf(await judging.plan(task, { signal, progress: tell }), { version, active });
        });
      },
    }),
  ];
}

function lineOf(
  planned: Planned,
  versions: { readonly version: number | null; readonly active: number | null },
): PlanLine {
  // What the thread made is plain data of just this shape; the answer's schema sees to that.
  return { ...planned, ...(planned.kind === "plan" && versions) } as PlanLine;
}
