import { expect, test } from "vitest";
import { amountText, parseAmount, settingName } from "./setting-words.ts";

test("a setting has the name that people type", () => {
  expect(["flowsFineSeconds", "flowsBytes", "approvals"].map(settingName)).toEqual([
    "flows-fine",
    "flows-size",
    "approvals",
  ]);
});

test.each([
  ["90s", "seconds", 90],
  ["24h", "seconds", 86_400],
  ["7d", "seconds", 604_800],
  ["0", "seconds", 0],
  ["500M", "bytes", 500 * 1024 ** 2],
  ["2", "people", 2],
] as const)("%s of %s is read", (text, unit, amount) => {
  expect(parseAmount(text, unit)).toEqual({ amount });
});

test("what is read is what is written, in the largest unit that it is whole in", () => {
  for (const amount of [0, 1, 90, 3_600, 86_400, 86_401, 604_800])
    expect(parseAmount(amountText(amount, "seconds"), "seconds")).toEqual({ amount });
  expect([amountText(604_800, "seconds"), amountText(90, "seconds"), amountText(1024 ** 3, "bytes")]).toEqual(
    ["7d", "90s", "1G"],
  );
});

test.each([
  ["7", "seconds"],
  ["7 d", "seconds"],
  ["-1d", "seconds"],
  ["5T", "bytes"],
  ["1p", "people"],
  ["", "seconds"],
] as const)("'%s' of %s is refused with what was expected", (text, unit) => {
  expect(parseAmount(text, unit)).toEqual({
    problem: expect.stringMatching(/^'.*' is no .*, expected one such as/),
  });
});
