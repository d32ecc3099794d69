/** What the lab says, and how: steps with the time that they took, colour only on terminals, one line of progress that is written over. */

import type { WriteStream } from "node:tty";
import { type Paint, paintFor } from "@bulkhead/terminal/colour.ts";

export class Screen {
  readonly paint: Paint;
  readonly columns: number;
  readonly #stream: WriteStream;
  readonly #live: boolean;
  #lineIsOpen = false;
  #isClosed = false;

  constructor(stream: WriteStream) {
    this.#stream = stream;
    this.paint = paintFor(stream);
    this.#live = stream.isTTY === true;
    this.columns = (stream.isTTY && stream.columns) || Number(process.env.COLUMNS) || 120;
  }

  line(text = ""): void {
    if (this.#isClosed) return;
    this.#endLine();
    this.#stream.write(`${text}\n`);
  }

  /** The last line: what is still under way has nothing to say any more. */
  lastLine(text: string): void {
    this.line(text);
    this.#isClosed = true;
  }

  heading(text: string): void {
    this.line();
    this.line(this.paint("strong", text));
    this.line();
  }

  /** Text of another program, as it is, set in. */
  quote(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.line(`    ${line}`.trimEnd());
  }

  tick(text: string): void {
    this.line(`  ${this.paint("good", "✓")} ${text}`);
  }

  fail(text: string): void {
    this.line(`  ${this.paint("bad", `✗ ${text}`)}`);
  }

  note(text: string): void {
    this.line(`  ${this.paint("warning", "–")} ${text}`);
  }

  /** Shows that `title` is going on; then, with a tick and the seconds it took, what `work` says of its result. */
  async step<Result>(
    title: string,
    work: (progress: (text: string) => void) => Promise<Result>,
    done: (result: Result) => string = () => title,
  ): Promise<Result> {
    const began = performance.now();
    this.#progress(title);
    const result = await work((text) => this.#progress(`${title}: ${text}`));
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const words = done(result);
    this.line(
      `  ${this.paint("good", "✓")} ${words}${" ".repeat(Math.max(1, 70 - words.length))}${this.paint("faint", `${seconds} s`)}`,
    );
    return result;
  }

  #progress(text: string): void {
    if (!this.#live || this.#isClosed) return;
    this.#stream.write(`\r\x1b[K  ${this.paint("faint", `… ${text}`.slice(0, this.columns - 3))}`);
    this.#lineIsOpen = true;
  }

  /** Takes the line of progress away. */
  #endLine(): void {
    if (this.#lineIsOpen) this.#stream.write("\r\x1b[K");
    this.#lineIsOpen = false;
  }
}
