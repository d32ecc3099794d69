import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Outcome } from "@bulkhead/shared/rules/outcomes.ts";
import { Asker } from "@bulkhead/shared/rules/query.ts";
import type { Question } from "@bulkhead/shared/rules/question.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";

export type Answered =
  | { readonly kind: "answer"; readonly outcomes: readonly Outcome[] }
  /** A name that nothing has, or a service that is none. */
  | { readonly kind: "problem"; readonly message: string; readonly remedy: string };

/** The same answer as `bulkhead explain`, from the same code. The worst first. */
export function answerTo(resolved: ResolvedPolicy, question: Question): Answered {
  try {
    return { kind: "answer", outcomes: new Asker(resolved).ask(question).outcomes };
  } catch (error) {
    if (!(error instanceof BulkheadError)) throw error;
    return { kind: "problem", message: error.message, remedy: error.remedy };
  }
}
