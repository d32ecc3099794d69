import { expect, test } from "vitest";
import { formatProblem, type Problem } from "./problem.ts";

const problem: Problem = {
  code: "policy/unknown-segment",
  severity: "error",
  place: { file: "shop.yaml", line: 12, column: 7 },
  message: "there is no segment 'wbe'",
};

test("a problem is one line with place, severity, words and code", () => {
  expect(formatProblem(problem)).toBe(
    "shop.yaml:12:7: error: there is no segment 'wbe' [policy/unknown-segment]",
  );
});

test("a hint follows the message, a related place stands below", () => {
  const related = { place: { ...problem.place, line: 3 }, message: "segments are here" };
  expect(formatProblem({ ...problem, hint: "did you mean 'web'?", related })).toBe(
    "shop.yaml:12:7: error: there is no segment 'wbe'; did you mean 'web'? [policy/unknown-segment]\n  shop.yaml:3:7: segments are here",
  );
});

test("what a policy's author wrote cannot forge a line or paint on a terminal", () => {
  const file = "a\nb.yaml";
  expect(formatProblem({ ...problem, place: { ...problem.place, file }, message: "\u001b[31mred" })).toBe(
    "a\\nb.yaml:12:7: error: \\x1b[31mred [policy/unknown-segment]",
  );
});
