import { plain } from "@bulkhead/terminal/colour.ts";
import { expect, test } from "vitest";
import { attemptsOf, type Result } from "./attempts.ts";
import { legend, matrixLines } from "./matrix-text.ts";
import { promise, scenarioOf } from "./scenario.ts";

const scenario = scenarioOf([
  {
    name: "p.yaml",
    text: `segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
services: { ssh: tcp/22, postgres: [tcp/5432, tcp/6432] }
hosts:
  web-1: { addresses: [10.0.0.1, "fd00::1"], labels: { role: web } }
  db-1:  { addresses: [10.0.0.2, "fd00::2"], labels: { role: db } }
rules:
  - { allow: [postgres, ssh], from: web, to: db }
`,
  },
]);

/** As if everything did what the policy says, but for what `outcome` says. */
function results(outcome: (result: Result) => Result["outcome"] | undefined = () => undefined): Result[] {
  return attemptsOf(scenario.population).map((attempt) => {
    const promised = promise(scenario, attempt, undefined);
    const result = {
      attempt,
      promised,
      outcome: promised.passes ? ("connected" as const) : ("timeout" as const),
    };
    return { ...result, outcome: outcome(result) ?? result.outcome };
  });
}

const lines = (measured: Result[], columns = 120) =>
  matrixLines(scenario.population, measured, { paint: plain, columns });

test("what is promised stands beside what was measured", () => {
  expect(lines(results()).map((line) => line.trimEnd())).toEqual([
    "            promised by the policy   measured with real connections",
    "from \\ to   web-1 db-1               web-1 db-1",
    "web-1       –     PS                 –     PS",
    "db-1        ··    –                  ··    –",
    "stranger    ··    ··                 ··    ··",
  ]);
});

test("on a narrow terminal they stand below one another", () => {
  expect(lines(results(), 40).filter((line) => line.startsWith("from"))).toHaveLength(2);
});

test("what was promised and did not get through is a mark, what half got through a small letter", () => {
  const broken = results(({ attempt }) =>
    attempt.probe.service === "tcp/22"
      ? "refused"
      : attempt.probe.service === "tcp/6432"
        ? "timeout"
        : undefined,
  );
  expect(lines(broken)[2]).toMatch(/PS +– +p!/);
});

test("the legend says what each letter stands for", () => {
  expect(legend(scenario.population.services, { paint: plain, columns: 120 })).toEqual([
    "P postgres (tcp/5432, tcp/6432)   S ssh (tcp/22)",
  ]);
});
