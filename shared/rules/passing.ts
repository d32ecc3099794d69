/** What may pass between two ends, for every service at once. */

import type { FlowEnds } from "./cells.ts";
import { processesIn } from "./processes.ts";
import type { Side } from "./side.ts";
import { type Situation, Situations } from "./situation.ts";
import type { Spans } from "./spans.ts";
import { bothAllow, type Process, passing, type Spectrum, spectrumOf, UNNAMED } from "./spectrum.ts";

export interface Passing extends Spectrum {
  /** What gets through: what is allowed, and what is only observed. */
  readonly passes: Spans;
}

export class Passings {
  readonly #now: number | undefined;
  readonly #situations: Situations;
  readonly #known = new Map<string, Passing>();

  constructor({ policyAt, now }: Side) {
    this.#now = now;
    this.#situations = new Situations(policyAt);
  }

  situation(ends: FlowEnds): Situation {
    return this.#situations.between(ends);
  }

  /** What becomes of every service in a situation, where this process sends. */
  of({ key, egress, ingress }: Situation, process: Process): Passing {
    return this.#known.getOrInsertComputed(`${key}\n${process.unit}\n${process.user}`, () => {
      const now = this.#now;
      const spectrum = bothAllow(
        spectrumOf(egress, "egress", { process, now }),
        spectrumOf(ingress, "ingress", { process: UNNAMED, now }),
      );
      return { ...spectrum, passes: passing(spectrum) };
    });
  }
}

/** The sending processes that these situations tell apart; the unnamed one first. */
export function processesOf(situations: readonly Situation[]): readonly Process[] {
  return processesIn(situations.flatMap(({ egress }) => egress?.rules ?? []));
}
