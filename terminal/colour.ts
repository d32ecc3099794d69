/** What a piece of text is, and so how it looks. */
export type Style = "good" | "bad" | "warning" | "strong" | "faint";

/** Gives text its look; on outputs without colour, the text itself. */
export type Paint = (style: Style, text: string) => string;

/** For outputs that are no terminals. */
export const plain: Paint = (_style, text) => text;

/** Select Graphic Rendition parameters (ECMA-48, 8.3.117), from the sixteen colours that every theme defines. */
const CODES: Readonly<Record<Style, number>> = { good: 32, bad: 31, warning: 33, strong: 1, faint: 2 };

/** Colour only on a terminal that can show it, and not where `NO_COLOR` is set (no-color.org: set and not empty). */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  const { NO_COLOR, TERM } = process.env;
  if (!stream.isTTY || (NO_COLOR !== undefined && NO_COLOR !== "") || TERM === "dumb") return plain;
  return (style, text) => (text === "" ? "" : `\x1b[${CODES[style]}m${text}\x1b[0m`);
}
