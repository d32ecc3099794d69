/** Starts the thread that watches, and speaks with it from the main loop. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { createWake, type Wake } from "../kernel/netlink/wake.ts";
import type { Observer, ObserverHealth, ObserverListener, PolicyView } from "./observer.ts";
import type { FromThread, ToThread, WatchSettings } from "./thread-messages.ts";

export interface ObserverOptions {
  /** The NFLOG group of the log statements; one listener each in a network namespace. */
  readonly group: number;
  /** What is in force already: connections from before are judged by it. */
  readonly view?: PolicyView | undefined;
}

const NOTHING_YET: ObserverHealth = {
  connectionEvents: 0,
  deniedPackets: 0,
  open: 0,
  overruns: 0,
  unattributed: 0,
};

/**
 * Watches the network namespace that this process is in, from the moment on at which this resolves. Rejects where the kernel's sources cannot be opened.
 * Afterwards a failure goes to the listener, once; a new observer may then be started.
 */
export async function startObserver(
  listener: ObserverListener,
  { group, view }: ObserverOptions,
): Promise<Observer> {
  const wake = createWake();
  const workerData: WatchSettings = { group, view, wake: wake.descriptor };
  const worker = new Worker(new URL("./thread-entry.ts", import.meta.url), { workerData });
  const thread = new WatchingThread(worker, wake, listener);
  await thread.started;
  return thread;
}

class WatchingThread implements Observer {
  readonly started: Promise<void>;
  readonly #worker: Worker;
  readonly #wake: Wake;
  readonly #listener: ObserverListener;
  readonly #ended: Promise<unknown>;
  readonly #stopAtExit = () => this.#say({ kind: "stop" });
  #health = NOTHING_YET;
  #state: "starting" | "watching" | "stopping" | "ended" = "starting";

  constructor(worker: Worker, wake: Wake, listener: ObserverListener) {
    this.#worker = worker;
    this.#wake = wake;
    this.#listener = listener;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.started = promise;
    worker.on("message", (message: FromThread) => {
      if (message.kind !== "started") return this.#hear(message);
      this.#state = "watching";
      resolve();
    });
    worker.on("error", (error) => this.#fail(error, reject));
    this.#ended = once(worker, "exit")
      .catch(() => {})
      .then(() => this.#close(reject));
    // A thread that waits for the kernel would hold up the end of the process.
    process.once("exit", this.#stopAtExit);
  }

  follow(view: PolicyView | undefined): void {
    this.#say({ kind: "follow", view });
  }

  health(): ObserverHealth {
    return this.#health;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "watching") this.#state = "stopping";
    this.#say({ kind: "stop" });
    await this.#ended;
  }

  #say(message: ToThread): void {
    if (this.#state === "ended") return;
    this.#worker.postMessage(message);
    this.#wake.wake();
  }

  #hear(message: Exclude<FromThread, { kind: "started" }>): void {
    if (message.kind === "ruleset") this.#listener.rulesetChanged(message.event);
    else if (message.kind === "addresses") this.#listener.addressesChanged();
    else {
      const { records, losses, health } = message;
      this.#health = health;
      if (records.length > 0 || losses.length > 0) this.#listener.seen({ records, losses });
    }
  }

  #fail(error: unknown, reject: (error: unknown) => void): void {
    const before = this.#state;
    this.#state = "stopping";
    reject(error);
    if (before === "watching") this.#listener.failed(error);
  }

  #close(reject: (error: unknown) => void): void {
    if (this.#state !== "stopping") this.#fail(endedByItself(), reject);
    this.#state = "ended";
    process.off("exit", this.#stopAtExit);
    this.#wake[Symbol.dispose]();
  }
}

function endedByItself(): BulkheadError {
  return new BulkheadError("daemon/watching-ended", "the thread that watches the kernel has ended by itself");
}
