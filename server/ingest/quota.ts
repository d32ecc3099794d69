/** How much a host may report in a minute, so that one that floods takes the room of its own records and not of others'. */

const MINUTE = 60_000;

/** Records and losses of one host in one minute, unless something else is said: 2,000 a second. */
export const DEFAULT_QUOTA = 120_000;

/** In memory: a restart gives every host a fresh minute. */
export class Quota {
  readonly #perMinute: number;
  readonly #used = new Map<string, number>();
  #minute = Number.NaN;

  constructor(perMinute = DEFAULT_QUOTA) {
    this.#perMinute = perMinute;
  }

  /** How many records and losses the host may still report in this minute of `now`. */
  left(hostId: string, now: number): number {
    this.#turn(now);
    return Math.max(0, this.#perMinute - (this.#used.get(hostId) ?? 0));
  }

  spend(hostId: string, reported: number, now: number): void {
    this.#turn(now);
    this.#used.set(hostId, (this.#used.get(hostId) ?? 0) + reported);
  }

  #turn(now: number): void {
    const minute = Math.floor(now / MINUTE);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#used.clear();
  }
}
