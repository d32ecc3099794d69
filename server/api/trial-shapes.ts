import { z } from "zod";
import { Moment } from "./shapes.ts";

export const TrialView = z.strictObject({
  version: z.number().int(),
  /** The version that comes back unless it is confirmed. */
  before: z.number().int(),
  by: z.string(),
  beganAt: Moment,
  endsAt: Moment,
  /** By the server's clock, so that a countdown need not trust another one. */
  secondsLeft: z.number().int(),
});
export type TrialView = z.output<typeof TrialView>;
