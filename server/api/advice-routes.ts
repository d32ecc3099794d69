/** Advice about the policy, from what was recorded. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import { linesOf, type Route, route } from "../http/route.ts";
import type { Progress } from "../policy/judging/plan.ts";
import { unusedTask } from "../policy/unused-task.ts";
import { SuggestionLine, UnusedLine } from "./advice-shapes.ts";
import type { ApiParts } from "./parts.ts";
import { progressLines } from "./progress-lines.ts";
import { Name } from "./shapes.ts";

const SuggestionQuery = z.strictObject({
  /** From when on recorded flows are looked at. */
  since: z.coerce.number().int().min(0),
  /** Only what concerns this segment, at either end. */
  segment: Name.optional(),
  /** Whether rules name systemd units where one alone was seen. */
  units: z.enum(["true", "false"]).default("false"),
});

/** Members that are listed. */
const MOST_MEMBERS = 2_000;

export function adviceRoutes(parts: ApiParts): readonly Route[] {
  const { versions, estate, advising, flowsPath, now, agentsEnds } = parts;
  return [
    route({
      method: "GET",
      path: "/api/v1/suggestion",
      role: "viewer",
      summary:
        "Rules for what was seen and no rule of the active policy allows, and the questions worth asking; lines of progress, then the suggestion",
      query: SuggestionQuery,
      answer: linesOf(SuggestionLine),
      handler: ({ signal }, { query: { since, segment, units } }) => {
        const active = versions.active()?.version ?? null;
        const task = {
          ...estate.judged(),
          ...{ flows: { path: flowsPath, since, until: now() }, server: agentsEnds() },
          ...{ segment, units: units === "true" },
        };
        return progressLines(async (progress: (line: SuggestionLine) => void) => {
          const tell = (step: Progress) => progress({ kind: "progress", ...step });
          const suggested = await advising.suggest(task, { signal, progress: tell });
          if (suggested.kind === "no-segment")
            throw new BulkheadError("server/invalid-request", suggested.problem);
          const { suggestion, flows } = suggested;
          // What the thread made is plain data of just this shape; the answer's schema sees to that.
          return { kind: "suggestion", active, flows, suggestion } as SuggestionLine;
        });
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/unused",
      role: "viewer",
      summary:
        "Rules, segments, members and services of the active policy that nothing has used, with the moment since when that is known; lines of progress, then what was found",
      query: z.strictObject({ since: z.coerce.number().int().min(0) }),
      answer: linesOf(UnusedLine),
      handler: ({ signal }, { query: { since } }) => {
        const active = versions.active()?.version;
        const task = unusedTask({ estate, versions, path: flowsPath, since, now: now() });
        return progressLines(async (progress: (line: UnusedLine) => void) => {
          const tell = (step: Progress) => progress({ kind: "progress", ...step });
          const found = await advising.unused(task, { signal, progress: tell });
          if (found === undefined || active === undefined)
            throw new BulkheadError(
              "server/no-version",
              "no policy is active, so nothing of it can be unused",
            );
          const { members, ...rest } = found.unused;
          const listed = {
            members: members.slice(0, MOST_MEMBERS),
            moreMembers: Math.max(0, members.length - MOST_MEMBERS),
          };
          return { kind: "unused", active, flows: found.flows, unused: { ...rest, ...listed } } as UnusedLine;
        });
      },
    }),
  ];
}
