/** Ctrl-C, and its likes: ends what is waited for, so that the hosts can be taken away in order. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export class Interruption {
  /** Resolves when it happens. */
  readonly happened: Promise<void>;
  hasHappened = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.happened = promise;
    // Each time, also the second: what is being taken away has to be taken away whole.
    for (const signal of SIGNALS)
      process.on(signal, () => {
        this.hasHappened = true;
        resolve();
      });
  }

  /** The result of `work`; throws as soon as it is interrupted. */
  async or<Result>(work: Promise<Result>): Promise<Result> {
    // What fails because the hosts go away below it concerns nobody any more.
    work.catch(() => {});
    return Promise.race([work, this.happened.then(() => Promise.reject(new Error("interrupted")))]);
  }
}
