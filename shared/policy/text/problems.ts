import { type PolicyErrorCode, policyErrors } from "../../errors/policy.ts";
import { formatCount, LIMITS } from "../limits.ts";
import type { Place } from "../place.ts";
import type { Problem } from "../problem.ts";

export type ProblemDetails = Pick<Problem, "hint" | "related">;

/** Collects everything that is wrong with one policy. */
export class Problems {
  readonly #problems: Problem[] = [];
  /** A value that several aliases stand for is read several times, and its problems are the same. */
  readonly #known = new Set<string>();
  #dropped = 0;
  #comparisons = 0;
  #hasErrors = false;

  /** Whether any was an error, be it kept or not. */
  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  /** No more are kept, so finding suggestions is no longer worth its time. */
  get isFull(): boolean {
    return this.#problems.length >= LIMITS.problems;
  }

  /** Whether a word may still be compared with so many names. */
  maySuggest(names: number): boolean {
    this.#comparisons += names;
    return this.#comparisons <= LIMITS.suggestions;
  }

  add(code: PolicyErrorCode, place: Place, message: string, details: ProblemDetails = {}): void {
    const { severity } = policyErrors[code];
    if (severity === "error") this.#hasErrors = true;
    if (this.isFull) {
      this.#dropped++;
      return;
    }
    const key = JSON.stringify([code, place, message]);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#problems.push({ code, severity, place, message, ...details });
  }

  /** Ordered by file, line and column; where they stand alike, in the order in which they were found. */
  sorted(): Problem[] {
    const sorted = this.#problems.toSorted((a, b) => comparePlaces(a.place, b.place));
    const last = sorted.at(-1);
    if (this.#dropped === 0 || last === undefined) return sorted;
    const message = `${formatCount(this.#dropped)} more problems are not shown, as ${formatCount(LIMITS.problems)} are the most that are`;
    const severity = this.#hasErrors ? "error" : "warning";
    return [...sorted, { code: "policy/too-many-problems", severity, place: last.place, message }];
  }
}

export function comparePlaces(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
