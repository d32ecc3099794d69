import type { Place } from "../place.ts";

/** A file's text, and where its lines begin. */
export class Source {
  readonly name: string;
  readonly text: string;
  /** Offsets of the first character of each line. */
  readonly #lines: readonly number[];

  constructor(name: string, text: string) {
    this.name = name;
    // A byte order mark is no part of the text, and would move the first line's columns.
    this.text = text.startsWith("\ufeff") ? text.slice(1) : text;
    this.#lines = lineStarts(this.text);
  }

  get isJson(): boolean {
    return this.name.toLowerCase().endsWith(".json");
  }

  /** The place of the character at an offset (in UTF-16 units); behind the end it is the end. */
  placeAt(offset: number): Place {
    const at = Math.min(Math.max(offset, 0), this.text.length);
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lines[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { file: this.name, line: low + 1, column: at - (this.#lines[low] ?? 0) + 1 };
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
