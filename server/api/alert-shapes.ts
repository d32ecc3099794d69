/** Alerts as the API shows them. */

import { z } from "zod";
import { Moment } from "./shapes.ts";

export const AlertView = z.strictObject({
  id: z.number().int(),
  kind: z.string(),
  title: z.string(),
  severity: z.enum(["notice", "warning", "critical"]),
  /** A host, an address, a pair of segments, …: together with the kind, what tells open alerts apart. */
  about: z.string(),
  words: z.string(),
  remedy: z.string(),
  facts: z.record(z.string(), z.unknown()),
  openedAt: Moment,
  lastAt: Moment,
  count: z.number().int(),
  acknowledged: z.strictObject({ at: Moment, by: z.string(), note: z.string() }).nullable(),
  resolvedAt: Moment.nullable(),
});

export type AlertView = z.output<typeof AlertView>;
