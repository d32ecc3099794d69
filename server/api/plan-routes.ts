/** What a draft would change, before it does. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { LIMITS } from "@bulkhead/shared/policy/limits.ts";
import { z } from "zod";
import { linesOf, type Route, route } from "../http/route.ts";
import type { Planned, Progress } from "../policy/judging/plan.ts";
import type { ApiParts } from "./parts.ts";
import { PlanLine } from "./plan-shapes.ts";
import { progressLines } from "./progress-lines.ts";
import { PolicyFile } from "./shapes.ts";

const PlanRequest = z.strictObject({
  /** A version; else these files, which are not kept; else the newest version. */
  version: z.number().int().positive().optional(),
  files: z.array(PolicyFile).min(1).max(LIMITS.files).optional(),
  /** From when on recorded flows are judged. */
  since: z.number().int().min(0),
  /** At most so many connections of each kind are listed. */
  limit: z.number().int().min(1).max(10_000).default(1_000),
});

export function planRoutes({ versions, estate, judging, flowsPath, now }: ApiParts): readonly Route[] {
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
      handler: ({ signal }, { body: { files, since, limit, ...body } }) => {
        if (files !== undefined && body.version !== undefined)
          throw new BulkheadError(
            "server/invalid-request",
            "a plan is of a version or of files, not of both",
          );
        const version = files === undefined ? (body.version ?? versions.newest()) : null;
        const draft = version === null ? (files ?? []) : versions.files(version);
        const active = versions.active()?.version ?? null;
        const task = { ...estate.judgingTask(draft), limit, flows: { path: flowsPath, since, until: now() } };
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
