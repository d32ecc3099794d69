import type { PolicyErrorCode } from "../../errors/policy.ts";
import { LIMITS } from "../limits.ts";
import type { Problems } from "./problems.ts";
import type { Source } from "./source.ts";

/** Faults on few lines, as in a file of one long line. */
const MOST_FAULTS = 1_000;

/** Thrown where a file has so many faults that reading on is no use. */
export class TooManyFaults extends Error {}

/** The faults of one file's syntax. With any of them the file has no tree. */
export class SyntaxFaults {
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #code: PolicyErrorCode;
  /** One fault a line is enough: the others are mostly its echo. */
  readonly #lines = new Set<number>();
  #count = 0;

  constructor(source: Source, problems: Problems) {
    this.#source = source;
    this.#problems = problems;
    this.#code = source.isJson ? "policy/invalid-json" : "policy/invalid-yaml";
  }

  get any(): boolean {
    return this.#lines.size > 0;
  }

  /** Throws `TooManyFaults` when the limit is reached. */
  add(offset: number, message: string, { code = this.#code, hint }: FaultOptions = {}): void {
    // What was thrown to end composing comes back here as one fault more from each level of nesting.
    if (++this.#count > MOST_FAULTS || this.#lines.size >= LIMITS.syntaxProblems) throw new TooManyFaults();
    const place = this.#source.placeAt(offset);
    if (!this.#lines.has(place.line)) {
      this.#lines.add(place.line);
      this.#problems.add(code, place, message, hint === undefined ? {} : { hint });
    }
    if (this.#lines.size >= LIMITS.syntaxProblems) throw new TooManyFaults();
  }

  /** Reports a fault that makes reading on useless, and throws `TooManyFaults`. */
  fatal(offset: number, message: string, options: FaultOptions): never {
    this.add(offset, message, options);
    throw new TooManyFaults();
  }
}

interface FaultOptions {
  readonly code?: PolicyErrorCode;
  readonly hint?: string;
}
