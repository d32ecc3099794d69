/** Bytes -> text, or why they are none. */

import type { Problems } from "./problems.ts";
import { Source } from "./source.ts";

/** Decodes UTF-8; undefined, with a problem, where the bytes are something else. */
export function decodeText(
  bytes: Uint8Array,
  { file, problems }: { file: string; problems: Problems },
): string | undefined {
  const refuse = (message: string, place = { file, line: 1, column: 1 }) => {
    problems.add("policy/not-text", place, message);
    return undefined;
  };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return refuse("the file is UTF-16, expected UTF-8");
  const zero = bytes.indexOf(0);
  if (zero >= 0) return refuse(`the file is binary (it has a zero byte at ${zero}), expected text`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder("utf-8").decode(bytes);
    const place = new Source(file, text).placeAt(text.indexOf("\ufffd"));
    return refuse("the file is not UTF-8: the bytes here are no character", place);
  }
}
