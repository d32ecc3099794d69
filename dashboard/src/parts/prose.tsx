import { createElement, Fragment } from "react";

/** The server's own words, in which what is typed stands between backticks. */
export function Prose({ text }: { readonly text: string }) {
  // An odd piece is between two of them.
  const pieces = text
    .split("`")
    .map((piece, at) => (at % 2 === 0 ? piece : createElement("code", {}, piece)));
  return createElement(Fragment, {}, ...pieces);
}
