/** Whether the hosts that have come to follow a version are well: each is looked at when something is heard of it, and those that are not well are waited for so long. */

import type { Settings } from "../../store/estate/settings.ts";
import type { RolloutFinding } from "../../store/rollouts/rollout-store.ts";
import type { Estate } from "../estate.ts";
import { isWell } from "./steps.ts";

export type HostCourse =
  /** It enforces the version; it is about to; it was not there, or not well, before, and nothing is expected of it. */
  "enforces" | "on-its-way" | "absent";

/** Milliseconds, by a clock that nobody sets. */
export interface Patience {
  readonly silent: number;
  readonly notEnforcing: number;
}

interface Unwell {
  readonly kind: "silent" | "not-enforcing";
  readonly words: string;
  readonly since: number;
}

type Trouble = Pick<RolloutFinding, "kind" | "host" | "words">;

/** Beside its probation, a host has so long to fetch and to read back what it was sent. */
const TO_APPLY = 30_000;

export class RolloutWatch {
  readonly #estate: Estate;
  readonly #steady: () => number;
  /** Those that follow it, and whether something is expected of them. */
  readonly #moved = new Map<string, { well: boolean }>();
  readonly #unwell = new Map<string, Unwell>();
  readonly #fellBack = new Map<string, Trouble>();

  /** @param steady milliseconds of a clock that nobody sets. */
  constructor(estate: Estate, steady: () => number) {
    this.#estate = estate;
    this.#steady = steady;
  }

  /** These follow it from now on. */
  add(hosts: Iterable<{ readonly host: string; readonly well: boolean }>): void {
    for (const { host, well } of hosts) {
      this.#moved.set(host, { well });
      this.look(host);
    }
  }

  has(host: string): boolean {
    return this.#moved.has(host);
  }

  /** Something was heard of a host. */
  look(name: string): void {
    const moved = this.#moved.get(name);
    if (moved === undefined) return;
    const found = this.#stateOf(name, moved);
    if (found === undefined) this.#unwell.delete(name);
    else if (this.#unwell.get(name)?.kind !== found.kind)
      this.#unwell.set(name, { ...found, since: this.#steady() });
  }

  /** Looks at every one of them. */
  lookAtAll(): void {
    for (const name of this.#moved.keys()) this.look(name);
  }

  /** How many of those of whom it is expected do not enforce it yet, or not at this moment. */
  get waitingFor(): number {
    return this.#unwell.size;
  }

  /** Those that went back by themselves, and those that were waited for too long. */
  troubles({ silent, notEnforcing }: Patience): readonly Trouble[] {
    const now = this.#steady();
    const late = [...this.#unwell].flatMap(([host, { kind, words, since }]): Trouble[] => {
      const most = kind === "silent" ? silent : notEnforcing;
      return now - since < most ? [] : [{ kind, host, words: `${host} ${words}` }];
    });
    return [...this.#fellBack.values(), ...late];
  }

  courseOf(name: string): HostCourse {
    if (this.#unwell.has(name) || this.#fellBack.has(name)) return "on-its-way";
    return this.#moved.get(name)?.well === true ? "enforces" : "absent";
  }

  #stateOf(name: string, moved: { well: boolean }): Omit<Unwell, "since"> | undefined {
    const host = this.#estate.find(name);
    if (host === undefined || host.revokedAt !== undefined || host.lapsedAt !== undefined) {
      this.#fellBack.delete(name);
      return undefined;
    }
    const sync = this.#estate.sync(host);
    const enforcement = host.state?.enforcement;
    // One that takes it on trial can do what is asked of it, whatever it was before.
    if (isWell(sync.state) || (this.#estate.isConnected(name) && enforcement === "on-probation"))
      moved.well = true;
    if (!moved.well || isWell(sync.state) || sync.state === "ahead") return undefined;
    if (enforcement === "fell-back")
      this.#fellBack.set(name, { kind: "fell-back", host: name, words: fellBackWords(name) });
    const why = "why" in sync ? sync.why : "";
    if (!this.#estate.isConnected(name))
      return { kind: "silent", words: "has come to follow it, and nothing is heard of it any more" };
    return { kind: "not-enforcing", words: `does not enforce it: ${why}` };
  }
}

export function patienceOf({
  rolloutSilentSeconds,
  probationSeconds,
}: Pick<Settings, "rolloutSilentSeconds" | "probationSeconds">): Patience {
  const silent = rolloutSilentSeconds * 1000;
  return { silent, notEnforcing: probationSeconds * 1000 + TO_APPLY + silent };
}

function fellBackWords(name: string): string {
  return `${name} could not reach the server through it, and has gone back to what it had by itself`;
}
