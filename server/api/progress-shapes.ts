/** How far work on recorded flows has come: a line of an answer, while it is made. */

import { z } from "zod";

export const ProgressLine = z.strictObject({
  kind: z.literal("progress"),
  step: z.enum(["reach", "proof", "records", "judging"]),
  records: z.number().optional(),
  spans: z.number().int().optional(),
  ofSpans: z.number().int().optional(),
  judged: z.number().int().optional(),
});

export type ProgressLine = z.output<typeof ProgressLine>;
