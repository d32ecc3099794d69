import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { evaluate } from "./evaluate.ts";
import { compareVerdicts, type Verdict } from "./judgement.ts";
import { Asker } from "./query.ts";
import { flows } from "./testing/arbitrary-flow.ts";
import { policySections, resolveSections, SERVICES } from "./testing/arbitrary-policy.ts";
import { isPossible } from "./testing/possible.ts";
import { speaksOfEnd, speaksOfService } from "./testing/said.ts";

const end = fc.constantFrom(
  "h0",
  "s0",
  "s1",
  "any-host",
  "any",
  "block",
  "name",
  "10.0.0.1",
  "10.0.0.0/29",
  "192.0.2.0/25",
  "fd00::/125",
);

test.prop([
  policySections,
  end,
  end,
  fc.constantFrom(...SERVICES),
  fc.array(flows, { minLength: 60, maxLength: 60 }),
])(
  "of every flow that a question is about, the answers say what evaluate() says",
  (sections, from, to, service, some) => {
    const resolved = resolveSections(sections);
    const asker = new Asker(resolved);
    const { outcomes, verdict } = asker.ask({ from, to, service });
    expect(verdict).toBe(outcomes.map((one) => one.verdict).reduce(worse, "allow"));
    expect(asker.evaluate({ from, to, service }).verdict).toBe(verdict);
    for (const one of outcomes) {
      const { flow } = one;
      expect(evaluate(resolved, flow)).toEqual({
        verdict: one.verdict,
        egress: one.egress,
        ingress: one.ingress,
      });
      if (!isPossible(flow, [resolved])) continue;
      expect(one.from.some((word) => speaksOfEnd(word, flow.source, [resolved]))).toBe(true);
      expect(one.to.some((word) => speaksOfEnd(word, flow.destination, [resolved]))).toBe(true);
      expect(speaksOfService(one.services, flow.protocol, flow.number)).toBe(true);
    }
    for (const { source, destination, protocol, number } of some) {
      const flow = { source, destination, protocol, number };
      const isAsked =
        speaksOfEnd(from, source, [resolved]) &&
        speaksOfEnd(to, destination, [resolved]) &&
        speaksOfService([service], protocol, number);
      if (!isAsked || !isPossible(flow, [resolved])) continue;
      const said = outcomes.filter(
        (one) =>
          one.from.some((word) => speaksOfEnd(word, source, [resolved])) &&
          one.to.some((word) => speaksOfEnd(word, destination, [resolved])) &&
          speaksOfService(one.services, protocol, number),
      );
      expect(new Set(said.map((one) => one.verdict))).toEqual(new Set([evaluate(resolved, flow).verdict]));
    }
  },
);

function worse(a: Verdict, b: Verdict): Verdict {
  return compareVerdicts(a, b) < 0 ? b : a;
}
