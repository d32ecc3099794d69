import type { PolicyErrorCode } from "../errors/policy.ts";
import { printable } from "../errors/printable.ts";
import type { Place } from "./place.ts";

/** Something wrong, or doubtful, in a policy's text. All of them are reported at once. */
export interface Problem {
  readonly code: PolicyErrorCode;
  readonly severity: "error" | "warning";
  readonly place: Place;
  /** What was found and what was expected, in one sentence without a full stop. */
  readonly message: string;
  /** What to do, where more can be said than the catalogue's remedy; such as `did you mean 'web'?`. */
  readonly hint?: string;
  /** A second place that belongs to it, such as the first of two duplicates. */
  readonly related?: { readonly place: Place; readonly message: string };
}

/** One line, `shop.yaml:12:7: error: … [policy/unknown-segment]`, and a second one for a related place. */
export function formatProblem(problem: Problem): string {
  const { place, severity, message, hint, related, code } = problem;
  const said = hint === undefined ? message : `${message}; ${hint}`;
  const line = `${formatPlace(place)}: ${severity}: ${said} [${code}]`;
  const lines =
    related === undefined ? [line] : [line, `  ${formatPlace(related.place)}: ${related.message}`];
  return lines.map(printable).join("\n");
}

function formatPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
