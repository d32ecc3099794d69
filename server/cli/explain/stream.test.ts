import { Writable } from "node:stream";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { Output } from "@bulkhead/terminal/output.ts";
import { expect, test } from "vitest";
import { readQuestion } from "./question.ts";
import { answerStream } from "./stream.ts";

/** Answers in capital letters, and does not understand what begins with a question mark. */
function shout(line: string): string {
  if (line.startsWith("?")) throw new BulkheadError("command/invalid-question", `what is ${line}`);
  return line.toUpperCase();
}

async function* chunks(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

/** Takes what it is given, and counts how much is on its way. */
class Sink extends Writable {
  readonly pieces: string[] = [];
  fail: NodeJS.ErrnoException | undefined;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.fail === undefined) this.pieces.push(chunk.toString());
    setImmediate(done, this.fail);
  }
}

test("each line is answered in its place, and one that is no question by its error", async () => {
  const sink = new Sink();
  expect(await answerStream(chunks("a\n?b\n\n", "  \r\nc"), new Output(sink), shout)).toBe(2);
  expect(sink.pieces.join("").split("\n")).toEqual([
    "A",
    '{"error":{"code":"command/invalid-question","message":"what is ?b","line":2}}',
    "C",
    "",
  ]);
});

test("where every line is a question the stream ends well", async () => {
  const sink = new Sink();
  expect(await answerStream(chunks("a\nb\n"), new Output(sink), shout)).toBe(0);
  expect(sink.pieces).toEqual(["A\nB\n"]);
});

test("what was asked is answered before more is read", async () => {
  const sink = new Sink();
  const seen: string[] = [];
  async function* asking() {
    yield* chunks("a\nb\nc");
    seen.push(sink.pieces.join(""));
    yield* chunks("d\n");
  }
  await answerStream(asking(), new Output(sink), shout);
  expect(seen).toEqual(["A\nB\n"]);
  expect(sink.pieces.join("")).toBe("A\nB\nCD\n");
});

test("a slow reader holds the questions back: no more than one chunk's answers are on their way", async () => {
  const sink = new Sink({ highWaterMark: 1 });
  let most = 0;
  async function* asking() {
    for (let at = 0; at < 50; at++) {
      most = Math.max(most, sink.writableLength);
      yield* chunks("question\n".repeat(100));
    }
  }
  await answerStream(asking(), new Output(sink), shout);
  expect(most).toBe(0);
  expect(sink.pieces.join("").length).toBe(50 * 100 * "QUESTION\n".length);
});

test("when nobody reads any more, nothing more is asked", async () => {
  const sink = new Sink();
  sink.fail = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  let asked = 0;
  async function* asking() {
    for (; asked < 1000; asked++) yield* chunks("a\n");
  }
  expect(await answerStream(asking(), new Output(sink), shout)).toBe(0);
  expect(asked).toBeLessThan(3);
});

test("an output that cannot be written is an error", async () => {
  const sink = new Sink();
  sink.fail = Object.assign(new Error("write ENOSPC"), { code: "ENOSPC" });
  await expect(answerStream(chunks("a\n"), new Output(sink), shout)).rejects.toThrow(
    "the output could not be written: write ENOSPC",
  );
});

test("an input that cannot be read is an error, after what was asked before is answered", async () => {
  const sink = new Sink();
  async function* broken() {
    yield* chunks("a\n");
    throw new Error("EISDIR: illegal operation on a directory, read");
  }
  await expect(answerStream(broken(), new Output(sink), shout)).rejects.toThrow(
    "the questions could not be read: EISDIR",
  );
  expect(sink.pieces).toEqual(["A\n"]);
});

test("a defect in answering is not taken for a bad question", async () => {
  const answer = () => {
    throw new RangeError("oh");
  };
  await expect(answerStream(chunks("a\n"), new Output(new Sink()), answer)).rejects.toThrow("oh");
});

test.each([
  ["{", "the line is no JSON: "],
  ["[]", "a question is a JSON object"],
  ["null", "a question is a JSON object"],
  ['"x"', "a question is a JSON object"],
  ["{}", "'from' is missing"],
  ['{"from":"a","to":"b"}', "'service' is missing"],
  ['{"from":"a","to":"b","service":22}', "'service' is not a string"],
  ['{"from":"","to":"b","service":"all"}', "'from' is empty"],
  ['{"from":"a","to":"b","service":"all","usr":"x"}', "there is no key 'usr', did you mean 'user'?"],
  ['{"from":"a","to":"b","service":"all","__proto__":"x"}', "there is no key '__proto__'"],
])("%s is no question", (line, message) => {
  expect(() => readQuestion(line)).toThrow(message);
});

test("a question has its ends, a service, and who sends if that is known", () => {
  const question = { from: "a", to: "b", service: "all", unit: "u.service", user: "root" };
  expect(readQuestion(JSON.stringify(question))).toEqual(question);
});
