/** What the service manager and people tell the daemon by signals, heard from its first moment on. */

export class Signals implements Disposable {
  /** Resolves with the signal that ends it: SIGTERM or SIGINT. */
  readonly stop: Promise<string>;
  readonly #reload: () => void;
  readonly #ends: readonly { readonly name: NodeJS.Signals; readonly hear: () => void }[];

  /** @param reload called for each SIGHUP. */
  constructor(reload: () => void) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.stop = promise;
    this.#reload = reload;
    this.#ends = (["SIGTERM", "SIGINT"] as const).map((name) => ({ name, hear: () => resolve(name) }));
    process.on("SIGHUP", reload);
    for (const { name, hear } of this.#ends) process.on(name, hear);
  }

  [Symbol.dispose](): void {
    process.off("SIGHUP", this.#reload);
    for (const { name, hear } of this.#ends) process.off(name, hear);
  }
}
