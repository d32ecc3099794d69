/** Where the program's words go. Data go to standard output, talk and errors to standard error. */

import type { Writable } from "node:stream";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type Paint, paintFor } from "./colour.ts";

/** The reader has gone: a pipe that nobody reads (EPIPE), a terminal that has hung up (EIO). */
const GONE = new Set(["EPIPE", "EIO"]);

/** The program's two outputs, and the name that it goes by there. */
export interface Terminal {
  readonly program: string;
  readonly out: Output;
  readonly err: Output;
}

/** What the process writes to; `isTTY` and `columns` where that is a terminal. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** One of them, written with backpressure. */
export class Output {
  readonly #stream: OutputStream;
  #closed = false;
  /** Puts colour into text, where this output shows any. */
  readonly paint: Paint;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.paint = paintFor(stream);
    // Every write reports its own failure; without a listener Node would end the process for it a second time.
    stream.on("error", () => {});
  }

  /** Whether the reader has gone (`bulkhead … | head`): nothing more needs to be made for it. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether somebody sits in front of it. */
  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** The width to fit tables into: the terminal's, else the one in `COLUMNS`, else none. */
  get columns(): number | undefined {
    if (this.#stream.isTTY) return this.#stream.columns;
    const columns = Number(process.env.COLUMNS);
    return Number.isInteger(columns) && columns > 0 ? columns : undefined;
  }

  /** The terminal's height; none where it is no terminal. */
  get rows(): number | undefined {
    return this.#stream.isTTY ? this.#stream.rows : undefined;
  }

  /**
   * Resolves when the stream has taken the text, or its reader has gone, which is no error.
   * Throws `command/output-failed` where it could not be written (a full disk).
   */
  async write(text: string | Uint8Array): Promise<void> {
    if (this.#closed || text.length === 0) return;
    const failure = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) =>
      this.#stream.write(text, resolve),
    );
    if (failure === null || failure === undefined) return;
    if (!GONE.has(failure.code ?? ""))
      throw new BulkheadError(
        "command/output-failed",
        `the output could not be written: ${failure.message}`,
        {
          cause: failure,
        },
      );
    this.#closed = true;
  }
}

/** The outputs of this process. */
export function processTerminal(program: string): Terminal {
  return { program, out: new Output(process.stdout), err: new Output(process.stderr) };
}
