/** The hosts that follow a version which is on its way: since when, how they are, and who comes next. */

import type { RolloutHost, RolloutStore, StoredRollout } from "../../store/rollouts/rollout-store.ts";
import type { Estate } from "../estate.ts";
import { RolloutWatch } from "./watch.ts";

export interface FollowerParts {
  readonly store: RolloutStore;
  readonly estate: Estate;
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number;
}

export class RolloutFollowers {
  readonly watch: RolloutWatch;
  readonly #number: number;
  readonly #parts: FollowerParts;
  readonly #movedAt = new Map<string, number>();

  /** Those that the store knows to follow it are watched from now on. */
  constructor({ number }: StoredRollout, parts: FollowerParts) {
    this.#number = number;
    this.#parts = parts;
    this.watch = new RolloutWatch(parts.estate, parts.steady);
    this.#follow(parts.store.hosts(number).filter(({ movedAt }) => movedAt !== undefined));
  }

  /** When a host came to follow it; undefined where it does not. */
  since(host: string): number | undefined {
    return this.#movedAt.get(host);
  }

  /** These follow it now, as the store says already. */
  add(names: readonly string[]): void {
    const moved = new Set(names);
    this.#follow(this.#parts.store.hosts(this.#number).filter(({ host }) => moved.has(host)));
  }

  /** Who comes after the present wave: those that the plan names and that are still there; with the last wave, and after it, everybody else too. */
  next({ wave, waves }: StoredRollout): readonly string[] {
    const next = wave + 1;
    const there = this.#there();
    // Hosts that do not follow it, wherever they come from.
    if (next >= waves.length - 1) return there.filter((name) => !this.#movedAt.has(name));
    const present = new Set(there);
    const planned = this.#parts.store.hosts(this.#number).filter((one) => one.wave === next);
    return planned.map(({ host }) => host).filter((host) => present.has(host));
  }

  #there(): readonly string[] {
    return this.#parts.estate
      .hosts()
      .filter(({ revokedAt }) => revokedAt === undefined)
      .map(({ name }) => name);
  }

  #follow(hosts: readonly RolloutHost[]): void {
    for (const { host, movedAt = 0 } of hosts) this.#movedAt.set(host, movedAt);
    this.watch.add(hosts);
  }
}
