/** Judging a policy takes its time, which is taken from a thread of its own: hosts are answered meanwhile. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ChangingHosts } from "./changing-hosts.ts";
import type { DenialsTask, NewDenial } from "./denied-before.ts";
import type { FoundUnused, UnusedTask } from "./finding-unused.ts";
import type { Linted, LintTask } from "./linting.ts";
import type { JudgingTask, Planned, PlanTask, Progress, Proof } from "./plan.ts";
import type { Suggested, SuggestTask } from "./suggesting.ts";

export type ToThread =
  | { readonly kind: "plan"; readonly task: PlanTask }
  | { readonly kind: "proof"; readonly task: JudgingTask }
  | { readonly kind: "suggestion"; readonly task: SuggestTask }
  | { readonly kind: "unused"; readonly task: UnusedTask }
  | { readonly kind: "changing"; readonly task: JudgingTask }
  | { readonly kind: "denials"; readonly task: DenialsTask }
  | { readonly kind: "lint"; readonly task: LintTask };

export type FromThread =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "planned"; readonly planned: Planned }
  | { readonly kind: "proved"; readonly proof: Proof }
  | { readonly kind: "suggested"; readonly suggested: Suggested }
  | { readonly kind: "unused"; readonly found: FoundUnused | undefined }
  | { readonly kind: "changing"; readonly hosts: ChangingHosts }
  | { readonly kind: "denials"; readonly denials: readonly NewDenial[] }
  | { readonly kind: "linted"; readonly linted: Linted };

/** So many may wait: whoever comes beyond is told to come again. */
const MOST_WAITING = 8;

export interface JudgingOptions {
  readonly progress?: (progress: Progress) => void;
  /** Ends the work. */
  readonly signal?: AbortSignal;
}

/** One thread at a time. */
export class Judging implements AsyncDisposable {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #workers = new Set<Worker>();
  #isClosed = false;

  /** Throws `server/overloaded`, `server/store-unusable`, and an AbortError where the signal ended it. */
  async plan(task: PlanTask, options: JudgingOptions = {}): Promise<Planned> {
    const answer = await this.#inTurn({ kind: "plan", task }, options);
    if (answer.kind !== "planned") throw new RangeError(`a plan was asked for, not ${answer.kind}`);
    return answer.planned;
  }

  /** Throws `server/overloaded`. */
  async prove(task: JudgingTask): Promise<Proof> {
    const answer = await this.#inTurn({ kind: "proof", task }, {});
    if (answer.kind !== "proved") throw new RangeError(`a proof was asked for, not ${answer.kind}`);
    return answer.proof;
  }

  /** Throws `server/overloaded`, `server/store-unusable`, and an AbortError where the signal ended it. */
  async suggest(task: SuggestTask, options: JudgingOptions = {}): Promise<Suggested> {
    const answer = await this.#inTurn({ kind: "suggestion", task }, options);
    if (answer.kind !== "suggested") throw new RangeError(`a suggestion was asked for, not ${answer.kind}`);
    return answer.suggested;
  }

  /** Undefined without an active policy. Throws as `suggest`. */
  async unused(task: UnusedTask, options: JudgingOptions = {}): Promise<FoundUnused | undefined> {
    const answer = await this.#inTurn({ kind: "unused", task }, options);
    if (answer.kind !== "unused") throw new RangeError(`what is unused was asked for, not ${answer.kind}`);
    return answer.found;
  }

  /** Throws `server/overloaded`. */
  async changing(task: JudgingTask): Promise<ChangingHosts> {
    const answer = await this.#inTurn({ kind: "changing", task }, {});
    if (answer.kind !== "changing") throw new RangeError(`hosts were asked for, not ${answer.kind}`);
    return answer.hosts;
  }

  /** Throws `server/overloaded`, `server/store-unusable`. */
  async denials(task: DenialsTask): Promise<readonly NewDenial[]> {
    const answer = await this.#inTurn({ kind: "denials", task }, {});
    if (answer.kind !== "denials") throw new RangeError(`denials were asked for, not ${answer.kind}`);
    return answer.denials;
  }

  /** Throws as `suggest`. */
  async lint(task: LintTask, options: JudgingOptions = {}): Promise<Linted> {
    const answer = await this.#inTurn({ kind: "lint", task }, options);
    if (answer.kind !== "linted") throw new RangeError(`problems were asked for, not ${answer.kind}`);
    return answer.linted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  async #inTurn(task: ToThread, options: JudgingOptions): Promise<FromThread> {
    if (this.#waiting >= MOST_WAITING)
      throw new BulkheadError("server/overloaded", `${MOST_WAITING} policies are being judged already`);
    this.#waiting++;
    const turn = this.#last.then(() => this.#run(task, options));
    this.#last = turn.catch(() => {});
    return turn.finally(() => {
      this.#waiting--;
    });
  }

  async #run(task: ToThread, { progress, signal }: JudgingOptions): Promise<FromThread> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new BulkheadError("server/not-ready", "the server stops");
    const worker = new Worker(new URL("./thread-entry.ts", import.meta.url), { workerData: task });
    this.#workers.add(worker);
    const stop = () => void worker.terminate();
    signal?.addEventListener("abort", stop);
    const { promise, resolve, reject } = Promise.withResolvers<FromThread>();
    worker.on("message", (message: FromThread) => {
      if (message.kind === "progress") progress?.(message.progress);
      else resolve(message);
    });
    worker.on("error", reject);
    worker.once("exit", () => {
      this.#workers.delete(worker);
      signal?.removeEventListener("abort", stop);
      reject(signal?.aborted ? signal.reason : new BulkheadError("server/not-ready", "the server stops"));
    });
    const exited = once(worker, "exit").catch(() => {});
    try {
      return await promise;
    } finally {
      await exited;
    }
  }
}
