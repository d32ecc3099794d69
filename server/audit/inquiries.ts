/** Long reading of what is kept, in threads of their own that open the files beside whoever writes: nobody else waits for it. */

import { Worker } from "node:worker_threads";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import type { ChainVerdict } from "../store/audit/chain-check.ts";
import type { ChainHead } from "../store/estate/event-store.ts";
import type { Collected, EvidenceTask } from "./evidence/collecting.ts";

export interface VerifyTask {
  readonly kind: "verify";
  /** Of `bulkhead.db`. */
  readonly path: string;
  /** Entries that were kept elsewhere. */
  readonly kept: readonly ChainHead[];
}

export type InquiryTask = VerifyTask | EvidenceTask;

export type FromInquiry =
  | { readonly kind: "progress"; readonly entries: number }
  | { readonly kind: "verdict"; readonly verdict: ChainVerdict }
  | { readonly kind: "evidence"; readonly evidence: Collected }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly words: string };

export interface InquiryOptions {
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many entries were read; of none before its turn has come. */
  readonly progress?: ((entries: number) => void) | undefined;
}

/** So many may wait: whoever comes beyond is told to come again. */
const MOST_WAITING = 4;

/** One at a time. */
export class Inquiries implements AsyncDisposable {
  readonly #workers = new Set<Worker>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  /** Throws `server/overloaded`, `server/store-unusable`, and an AbortError where the signal ended it. */
  async verify(task: Omit<VerifyTask, "kind">, options: InquiryOptions = {}): Promise<ChainVerdict> {
    options.progress?.(0);
    const answer = await this.#inTurn({ kind: "verify", ...task }, options);
    if (answer.kind !== "verdict") throw new RangeError(`a verdict was asked for, not ${answer.kind}`);
    return answer.verdict;
  }

  /** Throws `server/unknown-segment`, and as `verify` does. */
  async evidence(task: Omit<EvidenceTask, "kind">, signal?: AbortSignal): Promise<Collected> {
    const answer = await this.#inTurn({ kind: "evidence", ...task }, { signal });
    if (answer.kind !== "evidence") throw new RangeError(`evidence was asked for, not ${answer.kind}`);
    return answer.evidence;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  async #inTurn(task: InquiryTask, options: InquiryOptions): Promise<FromInquiry> {
    if (this.#waiting >= MOST_WAITING)
      throw new BulkheadError("server/overloaded", `${MOST_WAITING} inquiries are under way already`);
    this.#waiting++;
    const turn = this.#last.then(() => this.#run(task, options));
    this.#last = turn.catch(() => {});
    return turn.finally(() => {
      this.#waiting--;
    });
  }

  async #run(task: InquiryTask, { signal, progress }: InquiryOptions): Promise<FromInquiry> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new BulkheadError("server/not-ready", "the server stops");
    const worker = new Worker(new URL("./inquiry-thread.ts", import.meta.url), { workerData: task });
    this.#workers.add(worker);
    const stop = () => void worker.terminate();
    signal?.addEventListener("abort", stop);
    const { promise, resolve, reject } = Promise.withResolvers<FromInquiry>();
    worker.on("message", (message: FromInquiry) => {
      if (message.kind === "progress") progress?.(message.entries);
      else resolve(message);
    });
    worker.on("error", reject);
    worker.once("exit", () => {
      this.#workers.delete(worker);
      signal?.removeEventListener("abort", stop);
      reject(signal?.aborted ? signal.reason : new BulkheadError("server/not-ready", "the server stops"));
    });
    const answer = await promise;
    if (answer.kind === "failed") throw new BulkheadError(answer.code, answer.words);
    return answer;
  }
}
