import { formatCount } from "../limits.ts";
import type { Place } from "../place.ts";
import type { Problems } from "../text/problems.ts";

/** Counts what a policy uses of something that is limited. */
export class Budget {
  readonly #limit: number;
  readonly #noun: string;
  readonly #problems: Problems;
  #used = 0;

  /** `noun` is what is counted, in the plural. */
  constructor({ limit, noun }: { limit: number; noun: string }, problems: Problems) {
    this.#limit = limit;
    this.#noun = noun;
    this.#problems = problems;
  }

  /** Whether this much more is within the limit. What goes beyond is reported where it first happens, and refused from then on. */
  take(amount: number, place: () => Place): boolean {
    const before = this.#used;
    this.#used += amount;
    if (this.#used <= this.#limit) return true;
    if (before <= this.#limit) {
      const message = `the policy has more than ${formatCount(this.#limit)} ${this.#noun}, which is the most that it may have`;
      this.#problems.add("policy/limit-exceeded", place(), message);
    }
    return false;
  }
}
