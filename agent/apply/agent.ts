/** What every operation works with. The effects are all here, so that a test can put others in their place. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ProcessRoom } from "../kernel/host/processes.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { NamedCut } from "./sessions.ts";
import type { StateStore } from "./state-store.ts";

export interface Agent {
  readonly kernel: Kernel;
  readonly processes: ProcessRoom;
  readonly store: StateStore;
  /** Milliseconds since 1970-01-01T00:00Z, to be written down and shown. */
  readonly now: () => number;
  /** Whether a change may cut these connections. */
  readonly approve: (cuts: readonly NamedCut[]) => Promise<boolean>;
  /** Does a step. A test can stop between any two of them. */
  readonly step: DoStep;
}

/** The steps that lead from one policy to the next, in their order. Before `write-pending` nothing has changed. */
export type Step =
  | "resolve-facts"
  | "compile"
  | "check"
  | "find-cuts"
  | "approve"
  | "write-pending"
  | "prime"
  | "adopt"
  | "load"
  | "read-back"
  | "promote"
  | "tidy-marks";

/** During these everything is as it was. */
const HARMLESS: ReadonlySet<Step> = new Set([
  "resolve-facts",
  "compile",
  "check",
  "find-cuts",
  "write-pending",
]);

export type DoStep = <T>(step: Step, work: () => T | Promise<T>) => Promise<T>;

/**
 * Steps that stop at once when the signal asks for it, as long as nothing has changed, and from then on go through to the end.
 * They throw `apply/interrupted`.
 */
export function stepsUntil(signal: AbortSignal): DoStep {
  return async (step, work) => {
    if (HARMLESS.has(step)) return interruptible(signal, work);
    if (step === "write-pending") throwIfInterrupted(signal);
    return work();
  };
}

/** Does what may be left at any time, until the signal comes. Throws `apply/interrupted`. */
export async function interruptible<T>(signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
  throwIfInterrupted(signal);
  const interruption = Promise.withResolvers<never>();
  const stop = () => interruption.reject(interrupted());
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work(), interruption.promise]);
  } catch (error) {
    // What the signal has ended as well (a program of ours) is no news of its own.
    throw signal.aborted ? interrupted() : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw interrupted();
}

function interrupted(): BulkheadError {
  return new BulkheadError("apply/interrupted", "interrupted; nothing was changed");
}
