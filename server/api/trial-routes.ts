/** A version in force on trial: begun, confirmed, ended; and what becomes of it. */

import { WIRE } from "@bulkhead/shared/protocol/limits.ts";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { StoredTrial } from "../store/estate/trial-store.ts";
import type { ApiParts } from "./parts.ts";
import { TrialView } from "./trial-shapes.ts";

const Numbered = z.strictObject({ number: z.coerce.number().int().positive() });

export function trialRoutes({ trials, now }: ApiParts): readonly Route[] {
  const viewOf = ({ revision: _, ...trial }: StoredTrial): TrialView => ({
    ...trial,
    secondsLeft: Math.max(0, Math.ceil((trial.endsAt - now()) / 1000)),
  });
  return [
    route({
      method: "GET",
      path: "/api/v1/trial",
      role: "viewer",
      summary: "The version that is on trial; null where none is",
      answer: TrialView.nullable(),
      handler: () => {
        const trial = trials.current();
        return trial === undefined ? null : viewOf(trial);
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/policies/:number/trial",
      role: "approver",
      summary:
        "Puts a version in force for so many seconds: without a confirmation every host's kernel goes back by itself",
      params: Numbered,
      body: z.strictObject({
        seconds: z.number().int().min(WIRE.leastTrialSeconds).max(WIRE.mostTrialSeconds),
      }),
      answer: TrialView,
      handler: async ({ principal }, { params, body }) =>
        viewOf(await trials.begin(params.number, body.seconds, principal)),
    }),
    route({
      method: "POST",
      path: "/api/v1/trial/confirm",
      role: "approver",
      summary: "Keeps the version that is on trial for good",
      answer: TrialView,
      handler: ({ principal }) => viewOf(trials.confirm(principal.name)),
    }),
    route({
      method: "POST",
      path: "/api/v1/trial/end",
      role: "approver",
      summary: "Ends the trial now: the version before is active again",
      answer: TrialView,
      handler: ({ principal }) => viewOf(trials.end(principal.name)),
    }),
  ];
}
