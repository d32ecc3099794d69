/** Different things that were seen within a window: kept for its present half and the one before, so that nothing has to be sorted, and forgotten with them. */

export class Halves {
  readonly #half: number;
  readonly #most: number;
  #latest = Number.NEGATIVE_INFINITY;
  #now = new Set<number | string>();
  #before = new Set<number | string>();

  /** @param half milliseconds. @param most how many are told apart in each half. */
  constructor(half: number, most: number) {
    this.#half = half;
    this.#most = most;
  }

  /** @param moment milliseconds since 1970-01-01T00:00Z; what is older than both halves is let go. */
  add(what: number | string, moment: number): void {
    const half = Math.floor(moment / this.#half);
    if (half > this.#latest) {
      this.#before = half === this.#latest + 1 ? this.#now : new Set();
      this.#now = new Set();
      this.#latest = half;
    }
    const into = half === this.#latest ? this.#now : half === this.#latest - 1 ? this.#before : undefined;
    if (into !== undefined && into.size < this.#most) into.add(what);
  }

  get size(): number {
    return this.#now.union(this.#before).size;
  }

  /** In the order in which they were seen, at most so many. */
  some(most: number): readonly (number | string)[] {
    return [...this.#before.union(this.#now)].slice(0, most);
  }

  /** When the last half began. */
  get latest(): number {
    return this.#latest * this.#half;
  }
}
