import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { type Line, LONGEST_LINE, linesOf } from "./lines.ts";

async function linesIn(...chunks: (string | Uint8Array)[]): Promise<Line[]> {
  async function* bytes() {
    for (const chunk of chunks) yield typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
  }
  const lines: Line[] = [];
  for await (const some of linesOf(bytes())) lines.push(...some);
  return lines;
}

test("ends of lines are LF or CRLF, and the last line needs none", async () => {
  expect(await linesIn("a\nb\r\n\nc")).toEqual(["a", "b", "", "c"]);
  expect(await linesIn("a\n")).toEqual(["a"]);
  expect(await linesIn("")).toEqual([]);
});

test("a byte order mark at the very start is no text", async () => {
  expect(await linesIn("\ufeffa\n", "\ufeffb\n")).toEqual(["a", "\ufeffb"]);
  expect(await linesIn("\ufeffa")).toEqual(["a"]);
});

test("a line that is too long is lost alone, wherever its pieces fall", async () => {
  const long = "x".repeat(LONGEST_LINE + 1);
  expect(await linesIn(`a\n${long}\nb\n`)).toEqual(["a", undefined, "b"]);
  expect(await linesIn("a\n", ...(long.match(/.{1,1000}/g) ?? []), "\nb")).toEqual(["a", undefined, "b"]);
  expect(await linesIn(long)).toEqual([undefined]);
  expect(await linesIn("x".repeat(LONGEST_LINE))).toEqual(["x".repeat(LONGEST_LINE)]);
});

test("every chunk's whole lines are given before the next chunk is asked for", async () => {
  const events: string[] = [];
  async function* asking() {
    for (const text of ["a\nb\nc", "d\n"]) {
      events.push(`chunk ${JSON.stringify(text)}`);
      yield new TextEncoder().encode(text);
    }
  }
  for await (const some of linesOf(asking())) events.push(some.join("+"));
  expect(events).toEqual(['chunk "a\\nb\\nc"', "a+b", 'chunk "d\\n"', "cd"]);
});

test.prop([
  fc.array(fc.string({ unit: "binary" }).map((text) => text.replace(/[\n\r\ufeff]/g, ""))),
  fc.infiniteStream(fc.nat(9)),
])("however the bytes are cut into chunks, the lines are the same", async (lines, cuts) => {
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = (cuts.next().value ?? 0) + 1;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  expect(await linesIn(...chunks)).toEqual(lines.map((line) => Buffer.from(line).toString()));
});
