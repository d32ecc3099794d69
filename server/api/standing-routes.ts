/** Whether what the active policy says of itself is so on the hosts that there are. */

import { type Route, route } from "../http/route.ts";
import { causeWords } from "../policy/cause-words.ts";
import type { ApiParts } from "./parts.ts";
import { StandingView } from "./standing-shapes.ts";

export function standingRoutes({ standing }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/standing",
      role: "viewer",
      summary:
        "Tests and invariants of the active policy that fail on the hosts that there are, with the change that broke them",
      answer: StandingView,
      handler: () => {
        const { broken, ...counts } = standing.standing;
        return {
          ...counts,
          broken: broken.map((claim) => ({
            ...claim,
            place: { ...claim.place },
            reasons: [...claim.reasons],
            causes: claim.causes.map((cause) => ({ ...cause, words: causeWords(cause) })),
          })),
        };
      },
    }),
  ];
}
