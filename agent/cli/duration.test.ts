import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

test("durations are numbers with units, largest first; a number alone counts seconds", () => {
  const seconds = { "60s": 60, "5m": 300, "1h30m": 5400, "2h5s": 7205, "90": 90, "0": 0 };
  for (const [text, value] of Object.entries(seconds)) expect(parseDuration(text), text).toBe(value);
});

test("what is no duration is none", () => {
  for (const text of ["", "s", "1d", "-5s", "5 s", "1.5m", "5s5m", "99999999999"])
    expect(parseDuration(text), text).toBeUndefined();
});

test("durations are written as they are read", () => {
  for (const text of ["1h30m", "5m", "1m5s", "0s"])
    expect(formatDuration(parseDuration(text) ?? -1)).toBe(text);
});
