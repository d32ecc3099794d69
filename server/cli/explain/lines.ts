/** Lines out of a stream of bytes, many at once, in bounded memory. */

/** No question is longer: names are short, and a service list of this size is an attack or an accident. */
export const LONGEST_LINE = 64 * 1024;

/** A line's text without its end; undefined for one that was longer than `LONGEST_LINE` and whose text is gone. */
export type Line = string | undefined;

const NEWLINE = 10;

/**
 * The lines that each chunk completes, one array a chunk, so that a caller can answer as soon as it is asked and still work in bulk.
 * Ends of lines are LF or CRLF; a last line without one counts; a byte order mark at the start is no text.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line[]> {
  let rest = new PartialLine();
  let first = true;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const last = bytes.lastIndexOf(NEWLINE);
    if (last < 0) {
      rest.append(bytes);
      continue;
    }
    const end = bytes.indexOf(NEWLINE);
    rest.append(bytes.subarray(0, end));
    const lines = [rest.text(), ...wholeLines(bytes.subarray(end + 1, last + 1))];
    rest = new PartialLine();
    rest.append(bytes.subarray(last + 1));
    yield first ? withoutMark(lines) : lines;
    first = false;
  }
  if (!rest.isEmpty) yield first ? withoutMark([rest.text()]) : [rest.text()];
}

/** Decoded in one go, which is several times faster than line by line; a newline byte is never part of another UTF-8 character. */
function wholeLines(bytes: Buffer): Line[] {
  if (bytes.length === 0) return [];
  return bytes
    .toString("utf8", 0, bytes.length - 1)
    .split("\n")
    .map((line) => (line.length > LONGEST_LINE ? undefined : withoutReturn(line)));
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function withoutMark([line, ...others]: Line[]): Line[] {
  return [line?.startsWith("\ufeff") ? line.slice(1) : line, ...others];
}

/** The beginning of a line whose end has not come yet. */
class PartialLine {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  append(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > LONGEST_LINE) this.#pieces.length = 0;
    else if (bytes.length > 0) this.#pieces.push(bytes);
  }

  text(): Line {
    if (this.#length > LONGEST_LINE) return undefined;
    return withoutReturn(Buffer.concat(this.#pieces).toString("utf8"));
  }
}
