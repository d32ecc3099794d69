/** A version that an operator tries: it stays on probation in the kernel, whose own clock ends it, until the server says that it is confirmed. */

import { digestOf } from "../apply/generation.ts";
import type { Situation } from "../apply/settle.ts";
import type { Desired } from "./policy-source.ts";

/** To reach the server through it, where the server names no time. */
const REACH_SECONDS = 60;
/** After the kernel's clock, which counts whole seconds. */
const MARGIN = 1_000;

/** Seconds for which it may be tried still; undefined where it is no trial. */
export function trialSecondsLeft({ trialEnds }: Pick<Desired, "trialEnds">): number | undefined {
  return trialEnds === undefined ? undefined : Math.floor((trialEnds - performance.now()) / 1000);
}

export function isTrialOver(desired: Pick<Desired, "trialEnds">): boolean {
  return (trialSecondsLeft(desired) ?? 1) < 1;
}

/** For how long it has to be on probation until the source was reached through it; undefined where it need not. */
export function reachSeconds(desired: Desired): number | undefined {
  const left = trialSecondsLeft(desired);
  const { confirmWithinSeconds } = desired;
  return left === undefined ? confirmWithinSeconds : Math.min(confirmWithinSeconds ?? REACH_SECONDS, left);
}

/** Whether what is on probation has nobody yet who could say what shall become of it. */
export function isLeftAlone({ trial }: Situation, desired: Desired | undefined): boolean {
  return trial !== undefined && (desired === undefined || desired.isRemembered === true);
}

/** Whether the kernel's clock ends at another moment than what is ordered, beyond what either is rounded to. */
export function isOtherClock(secondsInKernel: number, secondsOrdered: number): boolean {
  return Math.abs(secondsInKernel - secondsOrdered) > 5;
}

/**
 * Whether what is on probation is this trial, and a daemon before this one has reached the server through it: only then does the kernel's clock run to the trial's own end, and for longer
 * than it takes to find out.
 */
export function wasReachedThrough({ trial }: Pick<Situation, "trial">, desired: Desired): boolean {
  const left = trialSecondsLeft(desired);
  if (trial === undefined || left === undefined) return false;
  if (trial.generation.digest !== digestOf(desired.policy)) return false;
  const longest = desired.confirmWithinSeconds ?? REACH_SECONDS;
  return trial.secondsLeft > longest && !isOtherClock(trial.secondsLeft, left);
}

/** Milliseconds after which it has to be looked at again. */
export function lookAgainIn(seconds: number): { readonly retryIn: number } {
  return { retryIn: Math.max(0, seconds * 1000) + MARGIN };
}
