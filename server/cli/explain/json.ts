import type { Evaluation } from "@bulkhead/shared/rules/evaluate.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";
import type { Answer } from "@bulkhead/shared/rules/query.ts";
import type { Question } from "@bulkhead/shared/rules/question.ts";

/** One answer as one JSON document. */
export function answerJson(question: Question, { verdict, egress, ingress, outcomes }: Answer): string {
  const document = {
    formatVersion: 1,
    question,
    verdict,
    egress,
    ingress,
    outcomes: outcomes.map(({ from, to, services, ...evaluation }) => ({
      from,
      to,
      services,
      verdict: evaluation.verdict,
      egress: evaluation.egress,
      ingress: evaluation.ingress,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** An answer on a line of its own, with exactly the keys that are promised for streams. */
export function evaluationLine({ verdict, egress, ingress }: Evaluation): string {
  return JSON.stringify({ verdict, egress: judgementOf(egress), ingress: judgementOf(ingress) });
}

function judgementOf(judgement: Judgement | null) {
  if (judgement === null) return null;
  const { host, mode, verdict, rule, why } = judgement;
  return {
    host,
    mode,
    verdict,
    rule: rule === null ? null : { name: rule.name, file: rule.file, line: rule.line },
    why,
  };
}
