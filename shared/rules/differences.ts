/** Finds what passes between cells, beyond what passes anyway. */

import type { Direction } from "../policy/policy.ts";
import { type Cell, type FlowEnds, meetingOf } from "./cells.ts";
import { Fingerprints, numbering } from "./fingerprint.ts";
import { Passings, processesOf } from "./passing.ts";
import { LINE_END } from "./service-line.ts";
import { DISREGARDED } from "./service-words.ts";
import type { Side } from "./side.ts";
import type { Spans } from "./spans.ts";
import type { Process } from "./spectrum.ts";

/** Services that pass between two cells and have not passed before. */
export interface Difference {
  readonly from: Cell;
  readonly to: Cell;
  /** The process that sends. For a named one, the services are beyond those of processes that are named less. */
  readonly process: Process;
  readonly services: Spans;
  /** Whether everything passes now, so that these are all services but those that passed before. */
  readonly isAll: boolean;
}

/** What passes on the next side and not on the old one, without what is never judged. Cost: as many pairs of cells as have an end whose own host judges differently. */
export function differencesBetween(old: Side, next: Side, cells: readonly Cell[]): readonly Difference[] {
  const number = numbering();
  const before = fingerprintsOf(old, number);
  const after = fingerprintsOf(next, number);
  const passed = new Passings(old);
  const passes = new Passings(next);
  return gather(cells, {
    concerns: (end, direction) => before(end, direction) !== after(end, direction),
    between: (ends) => {
      const [then, now] = [passed.situation(ends), passes.situation(ends)];
      return byProcess(processesOf([then, now]), (process) => ({
        before: passed.of(then, process).passes.union(DISREGARDED),
        after: passes.of(now, process).passes,
      }));
    },
  });
}

/** What passes where a host judges, without what is never judged. */
export function passingOn(side: Side, cells: readonly Cell[]): readonly Difference[] {
  const passes = new Passings(side);
  return gather(cells, {
    concerns: (end) => side.policyAt(end) !== undefined,
    between: (ends) => {
      const now = passes.situation(ends);
      return byProcess(processesOf([now]), (process) => ({
        before: DISREGARDED,
        after: passes.of(now, process).passes,
      }));
    },
  });
}

interface Inquiry {
  /** Whether an end's own host has something to say in this direction; equal for all ends of a cell. */
  concerns(end: string, direction: Direction): boolean;
  between(ends: FlowEnds): readonly ByProcess[];
}

function gather(cells: readonly Cell[], inquiry: Inquiry): readonly Difference[] {
  const concerned = (direction: Direction) =>
    cells.filter(({ examples: [one] }) => one !== undefined && inquiry.concerns(one.text, direction));
  const sending = new Set(concerned("egress"));
  const receiving = concerned("ingress");
  return cells.flatMap((from) =>
    (sending.has(from) ? cells : receiving).flatMap((to) => {
      const ends = meetingOf(from, to);
      return ends === undefined ? [] : inquiry.between(ends).map((one) => ({ from, to, ...one }));
    }),
  );
}

export type ByProcess = Pick<Difference, "process" | "services" | "isAll">;

export interface Change {
  readonly before: Spans;
  readonly after: Spans;
}

/**
 * What is new for each process, beyond what is new for those that are named less.
 * @param processes the unnamed one first.
 */
export function byProcess(
  processes: readonly Process[],
  changeFor: (process: Process) => Change,
): readonly ByProcess[] {
  const told: ByProcess[] = [];
  for (const process of processes) {
    const { before, after } = changeFor(process);
    const services = told
      .filter((wider) => isWithin(process, wider.process))
      .reduce((rest, wider) => rest.subtract(wider.services), after.subtract(before));
    if (!services.isEmpty) told.push({ process, services, isAll: isEverything(after) });
  }
  return told;
}

function isEverything(services: Spans): boolean {
  const [first] = services.spans;
  return services.spans.length === 1 && first?.low === 0 && first.high === LINE_END - 1;
}

function isWithin(narrower: Process, wider: Process): boolean {
  return (
    (wider.unit === undefined || wider.unit === narrower.unit) &&
    (wider.user === undefined || wider.user === narrower.user)
  );
}

function fingerprintsOf(side: Side, number: ReturnType<typeof numbering>) {
  const fingerprints = new Fingerprints(number, side.now);
  return (end: string, direction: Direction): number => {
    const policy = side.policyAt(end);
    return policy === undefined ? 0 : fingerprints.of(policy, direction);
  };
}
