/** What may pass between two ends, for every service at once. */

import type { FlowEnds } from "./cells.ts";
import { FlowEnd } from "./flow-end.ts";
import { processesIn } from "./processes.ts";
import type { Side } from "./side.ts";
import { bothAllow, OPEN, type Process, type Spectrum, spectrumOn, UNNAMED } from "./spectrum.ts";

/** What becomes of every service from `source`, where the process sends, to `destination`. */
export function spectrumBetween(side: Side, ends: FlowEnds, process: Process): Spectrum {
  const { now } = side;
  const sender = side.policyAt(ends.source);
  const receiver = side.policyAt(ends.destination);
  const source = new FlowEnd(ends.source);
  const destination = new FlowEnd(ends.destination);
  return bothAllow(
    sender === undefined
      ? OPEN
      : spectrumOn(sender, { direction: "egress", local: source, peer: destination, process, now }),
    receiver === undefined
      ? OPEN
      : spectrumOn(receiver, {
          direction: "ingress",
          local: destination,
          peer: source,
          process: UNNAMED,
          now,
        }),
  );
}

/** The processes that any of the sides tells apart on an end's host; the unnamed one first. */
export function processesAt(sides: readonly Side[], end: string): readonly Process[] {
  return processesIn(sides.flatMap((side) => side.policyAt(end)?.rules ?? []));
}
