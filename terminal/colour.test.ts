import { afterEach, expect, test, vi } from "vitest";
import { paintFor } from "./colour.ts";

afterEach(() => vi.unstubAllEnvs());

test("a terminal gets colour, and its end", () => {
  vi.stubEnv("NO_COLOR", undefined);
  vi.stubEnv("TERM", "xterm");
  expect(paintFor({ isTTY: true })("bad", "denied")).toBe("\x1b[31mdenied\x1b[0m");
  expect(paintFor({ isTTY: true })("bad", "")).toBe("");
});

test.each([
  ["what is no terminal", {}, undefined, "xterm"],
  ["NO_COLOR that is set", { isTTY: true }, "1", "xterm"],
  ["a dumb terminal", { isTTY: true }, undefined, "dumb"],
])("no colour for %s", (_name, stream, noColor, term) => {
  vi.stubEnv("NO_COLOR", noColor);
  vi.stubEnv("TERM", term);
  expect(paintFor(stream)("bad", "denied")).toBe("denied");
});

test("an empty NO_COLOR counts as not set", () => {
  vi.stubEnv("NO_COLOR", "");
  vi.stubEnv("TERM", "xterm");
  expect(paintFor({ isTTY: true })("good", "yes")).toContain("\x1b[32m");
});
