import { byProcess } from "../by-process.ts";
import { type Cell, meetingOf } from "../cells.ts";
import { Passings, processesOf } from "../passing.ts";
import { DISREGARDED } from "../service-words.ts";
import type { Side } from "../side.ts";

/** As `differencesBetween`, by asking about every pair of cells: a text for each pair, process and services. */
export function plainDifferences(old: Side, next: Side, cells: readonly Cell[]): readonly string[] {
  const passed = new Passings(old);
  const passes = new Passings(next);
  return cells.flatMap((from, source) =>
    cells.flatMap((to, destination) => {
      const ends = meetingOf(from, to);
      if (ends === undefined) return [];
      const [then, now] = [passed.situation(ends), passes.situation(ends)];
      return byProcess(processesOf([then, now]), (process) => ({
        before: passed.of(then, process).passes.union(DISREGARDED),
        after: passes.of(now, process).passes,
      })).map(({ process, services, isAll }) =>
        JSON.stringify([source, destination, process, services.key, isAll]),
      );
    }),
  );
}
