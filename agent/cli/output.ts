/** Where the program's words go. Data go to standard output, talk and errors to standard error. */

import type { Writable } from "node:stream";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type Paint, paintFor } from "./colour.ts";

/** The reader has gone: a pipe that nobody reads (EPIPE), a terminal that has hung up (EIO). */
const GONE = new Set(["EPIPE", "EIO"]);

/** The program's two outputs. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
}

/** What the process writes to; `isTTY` and `columns` where that is a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

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

  /** Whether somebody sits in front of it. */
  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
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
export function processTerminal(): Terminal {
  return { out: new Output(process.stdout), err: new Output(process.stderr) };
}
