/** Answers that take their time: how far they have come, and their last line. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { PlanProgress } from "./answer.ts";

/** Tells people meanwhile how far it has come. */
export async function lastLine<Line extends { readonly kind: string }>(
  lines: AsyncIterable<Line | PlanProgress>,
  { err }: Terminal,
): Promise<Exclude<Line, PlanProgress>> {
  let told = "";
  for await (const line of lines) {
    if (!isProgress(line)) return line as Exclude<Line, PlanProgress>;
    const words = progressWords(line);
    if (words !== told && process.stderr.isTTY) await err.write(`${words}\n`);
    told = words;
  }
  throw new BulkheadError("server/no-answer", "the server's answer ends with its progress");
}

function isProgress(line: { readonly kind: string }): line is PlanProgress {
  return line.kind === "progress";
}

function progressWords({ step, records = 0, spans = 0, ofSpans = 0, judged = 0 }: PlanProgress): string {
  switch (step) {
    case "reach":
      return "comparing who can reach whom";
    case "proof":
      return "running the draft's tests and proving its invariants";
    case "records":
      return `reading what was recorded: ${ofSpans === 0 ? 100 : Math.floor((spans / ofSpans) * 100)} %, ${records} records`;
    case "judging":
      return `judging connections: ${judged}`;
  }
}
