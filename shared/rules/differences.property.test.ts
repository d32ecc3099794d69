import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { World } from "./cells.ts";
import { differencesBetween } from "./differences.ts";
import { Meetings } from "./meetings.ts";
import { resolvedSide } from "./resolved-side.ts";
import { END, policySections, resolveSections } from "./testing/arbitrary-policy.ts";
import { plainDifferences } from "./testing/plain-differences.ts";

test.prop([policySections, policySections, fc.constantFrom(END - 1, END)], { numRuns: 100 })(
  "what is found by classes of cells is what asking about every pair of them finds",
  (oldSections, newSections, now) => {
    const old = resolvedSide(resolveSections(oldSections, { now }));
    const next = resolvedSide(resolveSections(newSections, { now }));
    const world = new World([old, next]);
    const cells = world.cells(world.everything);
    const told = differencesBetween(old, next, new Meetings(cells, cells)).flatMap(
      ({ rows, process, services, isAll }) =>
        [...rows].flatMap(([from, to]) =>
          to.numbers.map((one) => JSON.stringify([from, one, process, services.key, isAll])),
        ),
    );
    expect(told.sort()).toEqual([...plainDifferences(old, next, cells)].sort());
  },
);
