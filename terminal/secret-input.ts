/** Secrets that somebody types, or another program pipes in: never words of a command line, which everybody on the machine can read. */

import type { ReadStream } from "node:tty";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

const LONGEST_LINE = 4_096;

/** Reads from standard input; what is typed at a terminal is not shown. */
export class SecretInput {
  readonly #input: ReadStream;
  readonly #say: (text: string) => Promise<void>;
  #lines: AsyncIterator<string> | undefined;

  /** @param say writes the question where it is no data. */
  constructor(say: (text: string) => Promise<void>, input: ReadStream = process.stdin) {
    this.#say = say;
    this.#input = input;
  }

  /** Whether somebody can be asked. */
  get isTerminal(): boolean {
    return this.#input.isTTY === true;
  }

  /** The next secret: asked for at a terminal, else the next line. Undefined where there is none. Throws `command/wrong-usage` for somebody who gives up. */
  async next(question: string): Promise<string | undefined> {
    if (this.isTerminal) return this.#ask(question);
    this.#lines ??= linesOf(this.#input);
    const { value, done } = await this.#lines.next();
    return done === true ? undefined : value;
  }

  async #ask(question: string): Promise<string> {
    await this.#say(`${question}: `);
    this.#input.setRawMode(true);
    try {
      return await typed(this.#input);
    } finally {
      this.#input.setRawMode(false);
      this.#input.pause();
      await this.#say("\n");
    }
  }
}

/** One line as somebody types it, with what a terminal would do if it showed it: take back, and give up. */
async function typed(input: ReadStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  const take = (chunk: string) => {
    for (const character of chunk)
      switch (character) {
        case "\r":
        case "\n":
          resolve(text);
          return;
        case "\u0003":
        case "\u0004":
          reject(new BulkheadError("command/wrong-usage", "nothing was typed"));
          return;
        case "\u007f":
        case "\b":
          text = [...text].slice(0, -1).join("");
          break;
        default:
          if (text.length < LONGEST_LINE) text += character;
      }
  };
  input.setEncoding("utf8").on("data", take).resume();
  try {
    return await promise;
  } finally {
    input.off("data", take);
  }
}

async function* linesOf(input: ReadStream): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const chunk of input.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) break;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
