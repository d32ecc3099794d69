import { expect, test } from "vitest";
import { BulkheadError } from "./bulkhead-error.ts";
import { errorText, exitCodeOf } from "./error-text.ts";
import { printable } from "./printable.ts";

test("ordinary text of any script is shown unchanged", () => {
  for (const text of ["web-1", "prüfung", "データベース", "🦀 crab", "a\u0301", 'quotes " and \\'])
    expect(printable(text)).toBe(text);
});

test("terminal escape sequences are shown as text, seven-bit and eight-bit", () => {
  expect(printable("\x1b[2J\x1b]0;owned\x07")).toBe("\\x1b[2J\\x1b]0;owned\\x07");
  expect(printable("\x9b31m")).toBe("\\x9b31m");
});

test("a line break cannot forge a second line", () => {
  expect(printable("web\nbulkhead: all good\r\u2028x")).toBe("web\\nbulkhead: all good\\r\\u{2028}x");
});

test("marks that turn or hide text are shown", () => {
  expect(printable("a\u202eb\u2066c\u200bd\ufeff\u{e0041}")).toBe(
    "a\\u{202e}b\\u{2066}c\\u{200b}d\\u{feff}\\u{e0041}",
  );
});

test("half a surrogate pair and non-characters are shown, so that every output is valid Unicode", () => {
  expect(printable("\ud800x\uffff")).toBe("\\u{d800}x\\u{ffff}");
});

test("an error is one line with its code and one with its remedy, whatever its message holds", () => {
  const error = new BulkheadError("command/unknown-host", "no host \x1b[31mred\n");
  expect(errorText("bulkhead", error)).toBe(
    "bulkhead: no host \\x1b[31mred\\n [command/unknown-host]\n  Name a host from the policy's `hosts` section.\n",
  );
});

test("what was refused ends with 2, what could not run with 3", () => {
  expect(exitCodeOf(new BulkheadError("command/unknown-host", "x"))).toBe(2);
  expect(exitCodeOf(new BulkheadError("command/output-failed", "x"))).toBe(3);
});
