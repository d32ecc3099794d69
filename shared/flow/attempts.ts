import type { FlowIdentity } from "./identity.ts";

/** How long a port is remembered at least, in milliseconds: TCP repeats a SYN after 1, 3, 7, 15, 31 and 63 seconds. */
const REMEMBERED = 70_000;
const MOST_PORTS = 100_000;

/** Tells a new attempt from the repetition of one: attempts of the same kind have different source ports. */
export class Attempts {
  readonly #mostPorts: number;
  #recent = new Map<FlowIdentity, Set<number>>();
  #earlier = new Map<FlowIdentity, Set<number>>();
  #ports = 0;
  #since = 0;

  /** @param mostPorts how many it remembers; of what comes beyond, until some are forgotten, nothing is an attempt of its own. */
  constructor(mostPorts = MOST_PORTS) {
    this.#mostPorts = mostPorts;
  }

  /** Whether this is the first packet of an attempt. */
  isNew(identity: FlowIdentity, sourcePort: number, now: number): boolean {
    // The other way round: the clock was put back.
    if (now - this.#since > REMEMBERED || now < this.#since) this.#turn(now);
    if (this.#recent.get(identity)?.has(sourcePort)) return false;
    if (this.#ports >= this.#mostPorts) return false;
    this.#recent.getOrInsertComputed(identity, () => new Set()).add(sourcePort);
    this.#ports++;
    return !this.#earlier.get(identity)?.has(sourcePort);
  }

  #turn(now: number): void {
    this.#earlier = this.#recent;
    this.#recent = new Map();
    this.#ports = 0;
    this.#since = now;
  }
}
