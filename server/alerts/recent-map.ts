/** A map that holds so many entries at most: those that were asked for last. */

export class RecentMap<Value> {
  readonly #most: number;
  readonly #entries = new Map<string, Value>();
  #dropped = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many had to go for others. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What is there, or what is made now; it is the latest then. */
  get(key: string, make: () => Value): Value {
    const known = this.#entries.get(key);
    const value = known ?? make();
    if (known !== undefined) this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#most && oldest !== undefined) {
      this.#entries.delete(oldest);
      this.#dropped += 1;
    }
    return value;
  }

  /** As it is, without making it the latest. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The oldest first. */
  entries(): IterableIterator<[string, Value]> {
    return this.#entries.entries();
  }
}
