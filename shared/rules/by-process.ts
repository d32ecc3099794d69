/** What is new between two ends, process by process. */

import { LINE_END } from "./service-line.ts";
import type { Spans } from "./spans.ts";
import type { Process } from "./spectrum.ts";

export interface ByProcess {
  /** The process that sends. For a named one, the services are beyond those of processes that are named less. */
  readonly process: Process;
  readonly services: Spans;
  /** Whether everything passes now, so that these are all services but those that passed before. */
  readonly isAll: boolean;
}

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
