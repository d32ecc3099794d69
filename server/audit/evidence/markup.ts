/** Markup in which nothing that somebody has named can be anything but text. */

/** Already safe. */
export interface Markup {
  readonly markup: string;
}

type Piece = Markup | string | number | null | readonly (Markup | string)[];

/** What is put in is text, and shown as such; or markup that was made here. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const texts = parts.map((part, at) => part + (at < pieces.length ? textOf(pieces[at] ?? null) : ""));
  return { markup: texts.join("") };
}

function textOf(piece: Piece): string {
  if (piece === null) return "";
  if (typeof piece === "object" && "markup" in piece) return piece.markup;
  if (typeof piece === "object") return piece.map(textOf).join("");
  return escaped(String(piece));
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Controls and characters that turn the direction of writing are shown by their number: a name must not look like another one. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? "")
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}
