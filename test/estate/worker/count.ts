/** A number that grows, and that one can wait for. */
export class Count {
  value = 0;
  readonly #waiting = new Set<() => void>();

  add(by: number): void {
    this.value += by;
    for (const look of this.#waiting) look();
  }

  /** Whether it grew by `by` within `timeout` milliseconds. */
  grows(by: number, timeout: number): Promise<boolean> {
    const goal = this.value + by;
    return new Promise((resolve) => {
      const settle = (grown: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(grown);
      };
      const timer = setTimeout(() => settle(false), timeout);
      const look = () => {
        if (this.value >= goal) settle(true);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
