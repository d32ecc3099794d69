import { fc, test as property } from "@fast-check/vitest";
import { expect } from "vitest";
import { stringify } from "yaml";
import { mutated, VALID } from "./fixtures/mutation.ts";
import { type ParseOptions, parsePolicy } from "./parse.ts";
import { formatProblem } from "./problem.ts";
import { decodeText } from "./text/decode.ts";
import { Problems } from "./text/problems.ts";

/** Reads a text, and holds what is true of every answer: a policy or an error, and each problem with a place inside the text. */
function holds(text: string, options: ParseOptions = {}): void {
  const { policy, problems } = parsePolicy([{ name: "p.yaml", text }], options);
  const isValid = problems.every(({ severity }) => severity === "warning");
  expect(policy !== undefined).toBe(isValid);
  const lines = text.split("\n");
  for (const { place, related, message } of problems)
    for (const { line, column } of [place, ...(related ? [related.place] : [])]) {
      expect(line >= 1 && line <= lines.length, message).toBe(true);
      expect(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1, message).toBe(true);
    }
  for (const problem of problems) {
    expect(problem.message).not.toBe("");
    expect(formatProblem(problem)).not.toMatch(/undefined|\[object|NaN/);
  }
}

property.prop([fc.uint8Array({ maxLength: 200 })], { numRuns: 5_000 })(
  "random bytes are answered",
  (bytes) => {
    const text = decodeText(bytes, { file: "p.yaml", problems: new Problems() });
    if (text !== undefined) holds(text);
  },
);

const fragment = fc.constantFrom(
  ..."{}[],:&*!|>'\"%@`#?-~ \n\t",
  "a",
  "a: ",
  "- ",
  "\n  ",
  "rules",
  "segments:",
  "<<: *a",
  "&a ",
  "*a",
  "---\n",
  "...\n",
  "''",
  '""',
  "tcp/1",
  "\\",
  "\u2028",
  "\ufeff",
);

property.prop([fc.array(fragment, { maxLength: 60 })], { numRuns: 5_000 })(
  "texts of YAML's own marks are answered",
  (fragments) => {
    holds(fragments.join(""));
  },
);

const written = stringify(VALID);

property.prop([fc.nat(written.length), fc.nat(30), fc.oneof(fragment, fc.string({ maxLength: 5 }))], {
  numRuns: 2_000,
})("a valid policy with a piece cut out and another put in is answered", (start, length, piece) => {
  holds(written.slice(0, start) + piece + written.slice(start + length), { now: 0 });
});

property.prop([fc.nat(written.length)], { numRuns: 300 })(
  "a valid policy that was cut is answered",
  (length) => {
    holds(written.slice(0, length));
  },
);

property.prop([mutated, fc.constantFrom(1, 2, 4), fc.boolean()], { numRuns: 500 })(
  "a policy with wrong values in it is answered, however it is written",
  (value, indent, flow) => {
    holds(
      stringify(value, {
        indent: Math.max(2, indent),
        ...(flow && { collectionStyle: "flow" as const }),
        lineWidth: indent * 40,
      }),
    );
  },
);
