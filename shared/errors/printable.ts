/**
 * Text from the field, made harmless to show. Names, labels and notes are whatever somebody wrote: terminal escape sequences that repaint
 * the screen, line breaks that forge a second line, marks that turn the reading direction round. They are shown as what they are.
 */

// C0, DEL and C1 controls; line and paragraph separators; direction marks and overrides; invisible joiners and the byte order mark;
// tag characters; halves of surrogate pairs; the two non-characters that no XML document may hold.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `text` on one line, with every character that is not plainly visible as an escape (`\x1b`, `\n`, `\u{202e}`); all else unchanged. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, asEscape);
}

function asEscape(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}
