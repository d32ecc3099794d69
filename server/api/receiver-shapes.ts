/** A receiver as the API tells of it: without secrets. */

import { z } from "zod";
import { ReceiverSpec } from "../exports/receiver.ts";
import { Moment } from "./shapes.ts";

export const ReceiverView = ReceiverSpec.extend({
  name: z.string(),
  createdAt: Moment,
  createdBy: z.string(),
  pausedAt: Moment.nullable(),
  /** Which secrets it has: `secret`, `certificate`, and the names of headers. */
  secrets: z.array(z.string()),
  state: z.enum(["delivering", "failing", "paused"]),
  failingSince: Moment.nullable(),
  why: z.string().nullable(),
  /** How many things it was told, since it was added, and when it was told something last. */
  told: z.number().int(),
  toldAt: Moment.nullable(),
  /** Things that it would not take although they came alone. */
  refused: z.number().int(),
  /** Events, and records of flows of any kind, that were removed here before it was told. */
  missedEvents: z.number().int(),
  missedRecords: z.number().int(),
  /** Events that it is still to be told, or that are not for it; and up to when flows were told. */
  eventsBehind: z.number().int(),
  flowsUntil: Moment.nullable(),
});
export type ReceiverView = z.output<typeof ReceiverView>;
