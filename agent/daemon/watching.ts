/** The observer, started again whenever it ends: enforcement does not depend on being watched. */

import type { Observer, ObserverHealth, ObserverListener, PolicyView } from "../observe/observer.ts";
import { startObserver } from "../observe/thread.ts";
import type { BackOff } from "./back-off.ts";
import type { Journal } from "./journal.ts";

export interface WatchingOptions {
  /** Of the log statements. */
  readonly group: number;
  readonly listener: Omit<ObserverListener, "failed">;
  readonly backOff: BackOff;
  readonly journal: Journal;
  /** What happened in between was not seen. */
  readonly blind: (from: number, until: number) => void;
  readonly now: () => number;
}

const NOTHING: ObserverHealth = {
  connectionEvents: 0,
  deniedPackets: 0,
  open: 0,
  overruns: 0,
  unattributed: 0,
};

export class Watching implements AsyncDisposable {
  readonly #options: WatchingOptions;
  #observer: Observer | undefined;
  #view: PolicyView | undefined;
  #retry: NodeJS.Timeout | undefined;
  #blindSince: number | undefined;
  #trouble: string | undefined;
  #stopped = false;

  constructor(options: WatchingOptions) {
    this.#options = options;
  }

  /** Resolves when it watches, or is to be tried again. */
  async start(): Promise<void> {
    const { group, listener, backOff, now, blind } = this.#options;
    try {
      const failed = (error: unknown) => this.#failed(error);
      this.#observer = await startObserver({ ...listener, failed }, { group, view: this.#view });
    } catch (error) {
      this.#failed(error);
      return;
    }
    backOff.succeeded();
    if (this.#blindSince !== undefined) blind(this.#blindSince, now());
    this.#blindSince = undefined;
    this.#trouble = undefined;
  }

  follow(view: PolicyView | undefined): void {
    this.#view = view;
    this.#observer?.follow(view);
  }

  get isWatching(): boolean {
    return this.#observer !== undefined;
  }

  /** Why nothing is seen at the moment, in words. */
  get trouble(): string | undefined {
    return this.#trouble ?? this.health().trouble;
  }

  health(): ObserverHealth {
    return this.#observer?.health() ?? NOTHING;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#observer?.[Symbol.asyncDispose]();
  }

  #failed(error: unknown): void {
    const failed = this.#observer;
    this.#observer = undefined;
    void failed?.[Symbol.asyncDispose]();
    if (this.#stopped) return;
    this.#trouble = error instanceof Error ? error.message : String(error);
    this.#blindSince ??= this.#options.now();
    const retryIn = this.#options.backOff.failed();
    this.#options.journal.observer(error, retryIn);
    this.#retry = setTimeout(() => void this.start(), retryIn);
  }
}
