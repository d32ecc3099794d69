/**
 * How much work warnings may cost, in comparisons. Warnings are a service: in a policy of honest size the effort is never used up, in
 * a monstrous one the rest of them are left out.
 */
export class Effort {
  #left = 20_000_000;

  /** Whether this much work is still allowed. */
  spend(comparisons: number): boolean {
    this.#left -= comparisons;
    return this.#left >= 0;
  }
}
