/** What is known of the active policy's own tests and invariants. */

import { z } from "zod";
import { Moment, Place } from "./shapes.ts";

export const StandingView = z.strictObject({
  /** Of the policy that was proved last; null before the first proof. */
  version: z.number().int().nullable(),
  provedAt: Moment.nullable(),
  tests: z.number().int(),
  invariants: z.number().int(),
  broken: z.array(
    z.strictObject({
      what: z.enum(["test", "invariant"]),
      /** `policy.yaml:12`, as events and alerts call it. */
      about: z.string(),
      place: Place,
      name: z.string(),
      sentence: z.string(),
      reasons: z.array(z.string()),
      since: Moment,
      /** What happened between the last proof in which it held and the first in which it did not. */
      causes: z.array(
        z.strictObject({
          kind: z.string(),
          who: z.string(),
          about: z.string(),
          at: Moment,
          words: z.string(),
        }),
      ),
    }),
  ),
});

export type StandingView = z.output<typeof StandingView>;
