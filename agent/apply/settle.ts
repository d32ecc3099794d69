/**
 * What is true, from what the state files say and what the kernel says; and what an interrupted command left to be done. Pure: the kernel's table says of itself which policy it
 * holds, so wherever a command ended, the files and the table together leave one reading.
 */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { TableInKernel } from "../kernel/kernel.ts";
import type { Generation } from "./generation.ts";
import { isOf, PRIMING, type Present, presentOf } from "./present.ts";
import type { StateFile } from "./state-file.ts";
import { STATE_NAMES, type StateFiles, type StateName } from "./state-store.ts";

export interface Situation {
  readonly table: TableInKernel | undefined;
  /** The policy that the kernel holds for good; during a probation, the one that it falls back to. Undefined where there is none, or nobody knows which. */
  readonly held: Generation | undefined;
  /** The one in force while nobody has confirmed it. */
  readonly trial: { readonly generation: Generation; readonly secondsLeft: number } | undefined;
  /** What was loaded last, whether the kernel still holds it or not. */
  readonly current: Generation | undefined;
  readonly previous: Generation | undefined;
  /** What has to be done to put everything in order. */
  readonly repair: Repair | undefined;
  readonly notes: readonly BulkheadError[];
}

export type Repair =
  /** The pending policy is in the kernel, for good or on probation: it has only to be written down. */
  | { readonly kind: "finish"; readonly generation: Generation }
  /** The pending policy is not in the kernel. */
  | { readonly kind: "drop" }
  /** A probation is over: back to the policy before, or to none. */
  | { readonly kind: "fall-back"; readonly to: Generation | undefined; readonly mask: number }
  /** A first apply ended while its table only made conntrack run. */
  | { readonly kind: "remove-priming" }
  /** The pending file is damaged, and must not be in the way of what comes next. */
  | { readonly kind: "set-aside" };

/** Throws `apply/state-newer`. */
export function settle(files: StateFiles, table: TableInKernel | undefined): Situation {
  assertReadable(files);
  const present = presentOf(table);
  const [current, previous, pending] = [files.current, files.previous, files.pending].map(generationIn);
  const found = reading(present, { current, previous, pending });
  const damaged = STATE_NAMES.filter((name) => files[name].kind === "damaged");
  const notes = [...damaged.map((name) => damage(name, files[name])), ...gone(files)];
  return {
    table,
    current,
    previous,
    held: found.held,
    trial: found.trial,
    repair: found.repair ?? (damaged.includes("pending") ? { kind: "set-aside" } : undefined),
    notes: [...notes, ...found.notes],
  };
}

interface Generations {
  readonly current: Generation | undefined;
  readonly previous: Generation | undefined;
  readonly pending: Generation | undefined;
}

type Reading = Pick<Situation, "held" | "trial" | "repair"> & { readonly notes: readonly BulkheadError[] };

function reading(present: Present | undefined, known: Generations): Reading {
  if (present === undefined) return withoutTable(known);
  if (present.settled?.digest === PRIMING && present.trial === undefined)
    return {
      held: undefined,
      trial: undefined,
      repair: { kind: "remove-priming" },
      notes: [unfinished("a first apply")],
    };
  return present.trial === undefined ? settled(present, known) : onTrial(present.trial, present, known);
}

function withoutTable({ current, pending }: Generations): Reading {
  // Read back once, and so loaded; else the command ended before that.
  const wasOnTrial = pending?.probation !== undefined && pending.listing !== undefined;
  const lost = wasOnTrial ? pending : current;
  const notes = [
    ...(lost === undefined ? [] : [tableMissing(lost)]),
    ...(pending === undefined || wasOnTrial ? [] : [unfinished("an apply")]),
  ];
  return { held: undefined, trial: undefined, repair: pending && { kind: "drop" }, notes };
}

function settled(present: Present, known: Generations): Reading {
  const { current, pending } = known;
  if (pending !== undefined && isOf(present.settled, pending) && !isStill(current, present))
    return {
      held: pending,
      trial: undefined,
      repair: { kind: "finish", generation: pending },
      notes: [unfinished("an apply")],
    };
  const held = heldBy(present, known);
  const notes = [
    ...(pending === undefined ? [] : [unfinished("an apply")]),
    ...(held === undefined ? [unknownTable(present)] : []),
  ];
  return { held, trial: undefined, repair: pending && { kind: "drop" }, notes };
}

function onTrial(trial: NonNullable<Present["trial"]>, present: Present, known: Generations): Reading {
  const { pending } = known;
  const held = heldBy(present, known);
  const isOpenBelow = present.settled === undefined;
  const stranger = held === undefined && !isOpenBelow ? [unknownTable(present)] : [];
  if (trial.secondsLeft > 0) {
    if (pending !== undefined && isOf(trial.about, pending)) {
      // Without a probation it is what a confirm wrote before it was interrupted.
      const isRead = pending.listing !== undefined && pending.probation !== undefined;
      const generation = { ...pending, probation: pending.probation ?? { seconds: trial.secondsLeft } };
      return {
        held,
        trial: { generation, secondsLeft: trial.secondsLeft },
        repair: isRead ? undefined : { kind: "finish", generation },
        notes: isRead ? stranger : [unfinished("a command"), ...stranger],
      };
    }
    // Left alone: the kernel itself goes back when its time is over.
    const notes = [unknownTrial(trial.secondsLeft), ...stranger];
    return { held, trial: undefined, repair: pending && { kind: "drop" }, notes };
  }
  // A table that knows no policy below the trial stands open now; one whose policy is not known goes on enforcing it.
  const isClear = held !== undefined || isOpenBelow;
  const repair: Repair | undefined = isClear
    ? { kind: "fall-back", to: held, mask: trial.about?.stamp.mask ?? 0 }
    : pending && { kind: "drop" };
  return { held, trial: undefined, repair, notes: [lapsed(pending), ...stranger] };
}

/** The table is exactly what was read back after the load of this generation. */
function isStill(generation: Generation | undefined, { settled: about, table }: Present): boolean {
  return isOf(about, generation) && generation?.listing === table.stableText;
}

function heldBy({ settled: about }: Present, { current, previous }: Generations): Generation | undefined {
  return [current, previous].find((generation) => isOf(about, generation));
}

function generationIn(file: StateFile): Generation | undefined {
  return file.kind === "generation" ? file.generation : undefined;
}

function assertReadable(files: StateFiles): void {
  for (const name of STATE_NAMES) {
    const file = files[name];
    if (file.kind === "newer")
      throw new BulkheadError(
        "apply/state-newer",
        `${name}.json has format version ${file.formatVersion}, which this version does not know`,
      );
  }
}

/** Between two steps of a promotion the current file is missing, and the pending one is there. */
function gone({ current, previous, pending }: StateFiles): readonly BulkheadError[] {
  const isGone = current.kind === "absent" && pending.kind === "absent" && previous.kind === "generation";
  return isGone ? [damage("current", { kind: "damaged", why: "it is missing" })] : [];
}

function damage(name: StateName, file: StateFile): BulkheadError {
  const why = file.kind === "damaged" ? file.why : "";
  const instead: Readonly<Record<StateName, string>> = {
    current: "the policy before it is the last one that is known",
    previous: "there is no policy to roll back to",
    pending: "the kernel says what came of it",
  };
  return new BulkheadError("apply/state-damaged", `${name}.json cannot be used: ${why}; ${instead[name]}`);
}

function unfinished(what: string): BulkheadError {
  return new BulkheadError("apply/recovered", `${what} was interrupted before its end`);
}

function lapsed(pending: Generation | undefined): BulkheadError {
  const what =
    pending === undefined ? "a policy" : `policy ${pending.digest.slice(0, 12)} of ${pending.loadedAt}`;
  return new BulkheadError("apply/probation-lapsed", `${what} was on probation and not confirmed in time`);
}

function unknownTrial(secondsLeft: number): BulkheadError {
  return new BulkheadError(
    "apply/recovered",
    `a policy that the state does not know is on probation for another ${secondsLeft} s; an interrupted command left it`,
  );
}

function tableMissing({ digest, loadedAt }: Generation): BulkheadError {
  return new BulkheadError(
    "apply/table-missing",
    `policy ${digest.slice(0, 12)} was loaded on ${loadedAt}, and the kernel has no table inet bulkhead now`,
  );
}

function unknownTable({ settled: about }: Present): BulkheadError {
  const what =
    about === undefined
      ? "does not say which policy it is"
      : `says that it is policy ${about.digest.slice(0, 12)} of ${about.host}`;
  return new BulkheadError(
    "apply/unknown-table",
    `the state does not know the table inet bulkhead, which ${what}`,
  );
}
