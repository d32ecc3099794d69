/** Rollouts: a version that comes to the hosts in waves. */

import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { Rollouts } from "../policy/rollouts/rollouts.ts";
import type { RolloutHost, StoredRollout } from "../store/rollouts/rollout-store.ts";
import type { ApiParts } from "./parts.ts";
import { RolloutDetails, RolloutPreview, RolloutRequest, RolloutView } from "./rollout-shapes.ts";

const Numbered = z.strictObject({ number: z.coerce.number().int().positive() });

export function rolloutRoutes({ rollouts, note }: ApiParts): readonly Route[] {
  const view = (rollout: StoredRollout) => viewOf(rollouts, rollout);
  return [
    route({
      method: "GET",
      path: "/api/v1/rollouts",
      role: "viewer",
      summary: "Rollouts, the newest first; the one that is under way is among them",
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(20) }),
      answer: z.array(RolloutView),
      handler: (_context, { query }) => rollouts.latest(query.limit).map(view),
    }),
    route({
      method: "POST",
      path: "/api/v1/rollouts/preview",
      changesNothing: true,
      role: "viewer",
      summary: "Which hosts each wave of a rollout would have; begins nothing",
      body: RolloutRequest,
      answer: RolloutPreview,
      handler: async (_context, { body }) => {
        const waves = await rollouts.preview(body);
        return { waves: waves.map(({ asked, hosts }) => ({ asked, hosts: [...hosts] })) };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/rollouts",
      role: "approver",
      summary:
        "Begins to bring a version to the hosts in waves; halted and taken back by itself where it breaks something",
      body: RolloutRequest,
      answer: RolloutDetails,
      handler: async ({ principal }, { body }) => {
        const { rollout, approved } = await rollouts.start(body, principal);
        const { needed, by } = approved;
        const about = String(rollout.version);
        if (needed > 0)
          note({ kind: "policy-approvals-met", who: principal.name, about, facts: { needed, by } });
        return detailsOf(rollouts, rollout);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/rollouts/:number",
      role: "viewer",
      summary: "A rollout with the hosts of its waves, and how each of them is",
      params: Numbered,
      answer: RolloutDetails,
      handler: (_context, { params }) => detailsOf(rollouts, rollouts.find(params.number)),
    }),
    route({
      method: "POST",
      path: "/api/v1/rollouts/:number/pause",
      role: "approver",
      summary: "Has no further wave begin; those who follow the version are watched on",
      params: Numbered,
      answer: RolloutView,
      handler: ({ principal }, { params }) => view(rollouts.pause(params.number, principal.name)),
    }),
    route({
      method: "POST",
      path: "/api/v1/rollouts/:number/resume",
      role: "approver",
      summary: "Goes on after a pause or a halt; the present wave is watched anew",
      params: Numbered,
      answer: RolloutView,
      handler: ({ principal }, { params }) => view(rollouts.resume(params.number, principal.name)),
    }),
    route({
      method: "POST",
      path: "/api/v1/rollouts/:number/abort",
      role: "approver",
      summary: "Takes it back: all hosts follow the active version again",
      params: Numbered,
      answer: RolloutView,
      handler: ({ principal }, { params }) => view(rollouts.abort(params.number, principal.name)),
    }),
  ];
}

function viewOf(rollouts: Rollouts, rollout: StoredRollout): z.input<typeof RolloutView> {
  const { number, version, base, by, state, why, startedAt, endedAt, wave, holdSeconds, denials } = rollout;
  const { waitingFor, nextAt } = rollouts.progress(rollout);
  return {
    ...{ number, version, base, by, state, startedAt, wave, holdSeconds, denials, waitingFor },
    why: why ?? null,
    endedAt: endedAt ?? null,
    nextAt: nextAt ?? null,
    waves: rollout.waves.map(({ startedAt: began, settledAt, ...one }) => ({
      ...one,
      startedAt: began ?? null,
      settledAt: settledAt ?? null,
    })),
    findings: rollout.findings.map((finding) => ({ ...finding })),
  };
}

function detailsOf(rollouts: Rollouts, rollout: StoredRollout): z.input<typeof RolloutDetails> {
  const hosts = rollouts.hosts(rollout).map((one) => ({
    ...{ name: one.host, wave: one.wave, movedAt: one.movedAt ?? null },
    course: courseOf(rollouts, rollout, one),
  }));
  return { ...viewOf(rollouts, rollout), hosts };
}

function courseOf(
  rollouts: Rollouts,
  rollout: StoredRollout,
  { host, movedAt }: RolloutHost,
): RolloutDetails["hosts"][number]["course"] {
  const isOver = rollout.endedAt !== undefined;
  if (movedAt === undefined) return isOver ? "untouched" : "waits";
  return isOver ? "over" : (rollouts.courseOf(rollout, host) ?? "absent");
}
