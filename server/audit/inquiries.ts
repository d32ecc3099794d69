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
  | { readonly kind: "verdict"; readonly verdict: ChainVerdict }
  | { readonly kind: "evidence"; readonly evidence: Collected }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly words: string };

/** So many may wait: whoever comes beyond is told to come again. */
const MOST_WAITING = 4;

/** One at a time. */
export class Inquiries implements AsyncDisposable {
  readonly #workers = new Set<Worker>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  /** Throws `server/overloaded`, `server/store-unusable`, and an AbortError where the signal ended it. */
  async verify(task: Omit<VerifyTask, "kind">, signal?: AbortSignal): Promise<ChainVerdict> {
    const answer = await this.#inTurn({ kind: "verify", ...task }, signal);
    if (answer.kind !== "verdict") throw new RangeError(`a verdict was asked for, not ${answer.kind}`);
    return answer.verdict;
  }

  /** Throws `server/unknown-segment`, and as `verify` does. */
  async evidence(task: Omit<EvidenceTask, "kind">, signal?: AbortSignal): Promise<Collected> {
    const answer = await this.#inTurn({ kind: "evidence", ...task }, signal);
    if (answer.kind !== "evidence") throw new RangeError(`evidence was asked for, not ${answer.kind}`);
    return answer.evidence;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  async #inTurn(task: InquiryTask, signal: AbortSignal | undefined): Promise<FromInquiry> {
    if (this.#waiting >= MOST_WAITING)
      throw new BulkheadError("server/overloaded", `${MOST_WAITING} inquiries are under way already`);
    this.#waiting++;
    const turn = this.#last.then(() => this.#run(task, signal));
    this.#last = turn.catch(() => {});
    return turn.finally(() => {
      this.#waiting--;
    });
  }

  async #run(task: InquiryTask, signal: AbortSignal | undefined): Promise<FromInquiry> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new BulkheadError("server/not-ready", "the server stops");
    const worker = new Worker(new URL("./inquiry-thread.ts", import.meta.url), { workerData: task });
    this.#workers.add(worker);
    const stop = () => void worker.terminate();
    signal?.addEventListener("abort", stop);
    const { promise, resolve, reject } = Promise.withResolvers<FromInquiry>();
    worker.on("message", resolve);
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
