/** One thing at a time: marks say what is to be looked at, and those that come meanwhile are looked at together afterwards. */

export interface LoopOptions<Mark extends string> {
  /** Gives the milliseconds after which all of these marks are due again, where it did not succeed. */
  readonly work: (marks: ReadonlySet<Mark>) => Promise<{ readonly retryIn: number } | undefined>;
  /** How long to wait for further marks after one of this kind: an editor writes several times. */
  readonly settle: Readonly<Partial<Record<Mark, number>>>;
}

export class Loop<Mark extends string> {
  readonly #options: LoopOptions<Mark>;
  readonly #due = new Set<Mark>();
  readonly #timers = new Map<Mark, NodeJS.Timeout>();
  #running: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: LoopOptions<Mark>) {
    this.#options = options;
  }

  /** Something may have changed. Returns at once. */
  mark(mark: Mark): void {
    const settle = this.#options.settle[mark] ?? 0;
    if (this.#stopped || this.#timers.has(mark)) return;
    if (settle === 0) {
      this.#add([mark]);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(mark);
      this.#add([mark]);
    }, settle);
    this.#timers.set(mark, timer);
  }

  /** Nothing new begins; resolves when what has begun is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#running;
  }

  #add(marks: Iterable<Mark>): void {
    for (const mark of marks) this.#due.add(mark);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Marked between the last look and here.
      if (this.#due.size > 0 && !this.#stopped) this.#add([]);
    });
  }

  async #run(): Promise<void> {
    while (this.#due.size > 0 && !this.#stopped) {
      const marks = new Set(this.#due);
      this.#due.clear();
      clearTimeout(this.#retry);
      const failed = await this.#options.work(marks);
      if (failed !== undefined && !this.#stopped)
        this.#retry = setTimeout(() => this.#add(marks), failed.retryIn);
    }
  }
}
