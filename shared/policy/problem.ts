import type { Place } from "./place.ts";

/** Something wrong, or doubtful, in a policy's text. All of them are reported at once. */
export interface Problem {
  /** A code of the error catalogue, such as `policy/unknown-segment`. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly place: Place;
  /** What was found and what was expected, in one sentence without a full stop. */
  readonly message: string;
  /** What to do, where more can be said than the catalogue's remedy; such as `did you mean 'web'?`. */
  readonly hint?: string;
  /** A second place that belongs to it, such as the first of two duplicates. */
  readonly related?: { readonly place: Place; readonly message: string };
}
