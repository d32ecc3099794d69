import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { Output } from "./output.ts";

afterEach(() => vi.unstubAllEnvs());

/** A stream whose writes all end in this way. */
function failingWith(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
  });
}

test.each(["EPIPE", "EIO"])(
  "a reader that has gone (%s) is no error, and nothing more is written",
  async (code) => {
    const output = new Output(failingWith(code));
    await output.write("first");
    expect(output.closed).toBe(true);
    await output.write("second");
  },
);

test("a full disk is an error with a code", async () => {
  const output = new Output(createWriteStream("/dev/full"));
  await expect(output.write("facts\n")).rejects.toMatchObject({ code: "command/output-failed" });
  expect(output.closed).toBe(false);
});

test("a write resolves only when the stream has taken the text", async () => {
  const taken: string[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write: (chunk, _encoding, done) => {
      setImmediate(() => {
        taken.push(String(chunk));
        done();
      });
    },
  });
  await new Output(slow).write("a long line");
  expect(taken).toEqual(["a long line"]);
});

test("the width is the terminal's, else that of COLUMNS, else none", () => {
  const stream = Object.assign(failingWith("EPIPE"), { isTTY: true, columns: 97 });
  expect(new Output(stream).columns).toBe(97);
  vi.stubEnv("COLUMNS", "60");
  expect(new Output(failingWith("EPIPE")).columns).toBe(60);
  vi.stubEnv("COLUMNS", "wide");
  expect(new Output(failingWith("EPIPE")).columns).toBeUndefined();
});
