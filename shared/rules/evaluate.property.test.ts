import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { Judgement } from "./judgement.ts";
import { flows } from "./testing/arbitrary-flow.ts";
import { policySections, resolveSections } from "./testing/arbitrary-policy.ts";
import { type Expected, type ExpectedJudgement, expectedOf } from "./testing/oracle.ts";

function gist({ verdict, egress, ingress }: Evaluation): Expected {
  return { verdict, egress: judgementGist(egress), ingress: judgementGist(ingress) };
}

function judgementGist(judgement: Judgement | null): ExpectedJudgement | null {
  if (judgement === null) return null;
  const { host, mode, verdict, rule } = judgement;
  return { host, mode, verdict, rule: rule?.name ?? null };
}

test.prop([policySections, fc.array(flows, { minLength: 60, maxLength: 60 })], { numRuns: 300 })(
  "evaluate() gives the verdict, modes and rules that the three steps of the language give",
  (sections, some) => {
    const resolved = resolveSections(sections);
    for (const flow of some)
      expect({ flow, ...gist(evaluate(resolved, flow)) }).toEqual({ flow, ...expectedOf(sections, flow) });
  },
);
