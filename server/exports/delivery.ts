/**
 * Tells one receiver what it is to be told, one batch after the other, for as long as it takes: a batch is done when the receiver has all of it, and only then is it written down how far
 * that is. So whatever happens meanwhile, nothing is left out; what was told just before may be told again.
 */

import { setTimeout as pause } from "node:timers/promises";
import { isFull } from "../store/database.ts";
import { BackOff, type BackOffLimits } from "./back-off.ts";
import type { Item } from "./item.ts";
import { type Batch, nextBatch, type OutboxParts } from "./outbox.ts";
import type { Progress, ReceiverSpec } from "./receiver.ts";
import { DeliveryFailure, type Sender } from "./senders/sender.ts";

export interface DeliveryParts extends OutboxParts {
  readonly spec: ReceiverSpec;
  readonly sender: Sender;
  readonly progress: Progress;
  readonly now: () => number;
  /** Writes down how far it is. */
  readonly save: (progress: Progress) => void;
  /** Told of a failure that nobody expects. */
  readonly failed: (error: unknown) => void;
  readonly pace?: Partial<Pace>;
}

export interface Pace {
  readonly backOff: BackOffLimits;
  /** Milliseconds: how often minutes are asked for that were closed meanwhile. */
  readonly look: number;
  /** Milliseconds: how long something is offered that the receiver refuses although it comes alone. */
  readonly patience: number;
}

const PACE: Pace = {
  backOff: { firstMilliseconds: 1_000, mostMilliseconds: 300_000 },
  look: 5_000,
  patience: 15 * 60_000,
};
/** Progress of what was passed by, as it was not chosen, is written this often. */
const SAVE_MILLISECONDS = 60_000;

export class Delivery implements AsyncDisposable {
  readonly #parts: DeliveryParts;
  readonly #pace: Pace;
  readonly #backOff: BackOff;
  readonly #end = new AbortController();
  readonly #ended: Promise<void>;
  #progress: Progress;
  #savedAt: number;
  #most: number;
  #wake = Promise.withResolvers<void>();
  #refusedSince: number | undefined;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#pace = { ...PACE, ...parts.pace };
    this.#backOff = new BackOff(this.#pace.backOff);
    this.#progress = parts.progress;
    this.#savedAt = parts.now();
    this.#most = parts.sender.most;
    this.#ended = this.#run();
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** There may be something new. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Records of flows were removed that this receiver was not told of. */
  miss(records: number): void {
    this.#set({ missedRecords: this.#progress.missedRecords + records });
    this.#save();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new Error("the delivery is ended"));
    await this.#ended;
    this.#save();
  }

  /** A turn that fails for a reason of our own is one that failed: the next one finds the same place. */
  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#turn(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#parts.failed(error);
        await this.#wait(this.#backOff.failed());
      }
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    this.#wake = Promise.withResolvers<void>();
    const { spec, now } = this.#parts;
    const batch = await nextBatch(this.#parts, spec, this.#progress, signal);
    await this.#tellAll(batch.items, signal);
    this.#done(batch);
    if (batch.items.length > 0 || now() - this.#savedAt >= SAVE_MILLISECONDS) this.#save();
    if (batch.isEnd) await this.#wait(this.#pace.look, this.#wake.promise);
  }

  #done({ event, flows, missedEvents }: Batch): void {
    this.#set({ event, flows, missedEvents: this.#progress.missedEvents + missedEvents });
  }

  /** As many at once as the receiver takes, until it has them all. */
  async #tellAll(items: readonly Item[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < items.length; ) {
      const some = items.slice(at, at + this.#most);
      const isDone = await this.#tell(some, signal);
      if (isDone) at += some.length;
    }
  }

  /** Whether these are done with: the receiver has them, or will never take them. */
  async #tell(items: readonly Item[], signal: AbortSignal): Promise<boolean> {
    const { sender, now } = this.#parts;
    try {
      const { refused } = await sender.send(items, signal);
      this.#backOff.succeeded();
      this.#refusedSince = undefined;
      this.#most = Math.min(sender.most, this.#most * 2);
      const { told, refused: before } = this.#progress;
      this.#set({
        told: told + items.length - refused,
        refused: before + refused,
        toldAt: now(),
        failingSince: null,
        why: null,
      });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DeliveryFailure)) throw error;
      return await this.#refused(error, items.length);
    }
  }

  /** Things that are refused are offered in smaller parts, at last one by one; what is refused alone again and again is left out. */
  async #refused(failure: DeliveryFailure, count: number): Promise<boolean> {
    const { now } = this.#parts;
    this.#set({ failingSince: this.#progress.failingSince ?? now(), why: failure.message });
    this.#save();
    if (failure.isRefusal && count > 1) {
      this.#most = Math.ceil(count / 2);
      return false;
    }
    if (failure.isRefusal) {
      this.#refusedSince ??= now();
      if (now() - this.#refusedSince >= this.#pace.patience) {
        this.#refusedSince = undefined;
        this.#set({ refused: this.#progress.refused + 1 });
        return true;
      }
    }
    await this.#wait(Math.max(this.#backOff.failed(), failure.retryAfter));
    return false;
  }

  #set(changes: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...changes };
  }

  /** A disk that has no room now has some later: until then more may be told again after a restart. */
  #save(): void {
    try {
      this.#parts.save(this.#progress);
      this.#savedAt = this.#parts.now();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }

  async #wait(milliseconds: number, sooner: Promise<void> = new Promise(() => {})): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.#end.signal, over.signal]);
    const waited = pause(milliseconds, undefined, { signal }).catch(() => {});
    await Promise.race([waited, sooner]);
    over.abort();
  }
}
