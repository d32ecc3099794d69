/**
 * The steps of a rollout. Each is one transaction (what it is now, who follows what, the events that tell of it) before anybody is told, so that a server that is killed
 * between any two lines knows afterwards what hosts may have heard.
 */

import type { EventStore, StoredEvent } from "../../store/estate/event-store.ts";
import type { SettingStore } from "../../store/estate/settings.ts";
import type {
  RolloutFinding,
  RolloutState,
  RolloutStore,
  StoredRollout,
} from "../../store/rollouts/rollout-store.ts";
import type { Estate } from "../estate.ts";
import type { Versions } from "../versions.ts";
import type { PlannedWave } from "./waves.ts";

export interface StepParts {
  readonly store: RolloutStore;
  readonly estate: Estate;
  readonly versions: Versions;
  readonly events: EventStore;
  readonly settings: SettingStore;
  readonly now: () => number;
  /** Told of every event that was kept. */
  readonly publish: (event: StoredEvent) => void;
}

export interface Beginning {
  readonly version: number;
  readonly base: number;
  readonly by: string;
  readonly waves: readonly PlannedWave[];
  readonly holdSeconds: number;
  readonly denials: StoredRollout["denials"];
}

/** As many names are told in an event. */
const NAMES = 20;

type Happening = Pick<StoredEvent, "kind" | "who"> & { readonly facts?: StoredEvent["facts"] };

export class RolloutSteps {
  readonly #parts: StepParts;

  constructor(parts: StepParts) {
    this.#parts = parts;
  }

  /** The version stands beside the active one, and the first wave follows it. */
  begin({ version, base, by, waves, holdSeconds, denials }: Beginning): StoredRollout {
    const { store, versions, estate, now } = this.#parts;
    const at = now();
    const next = versions.policy(version);
    const revision = versions.reserveRevision();
    const told = waves.map(({ asked, hosts }) => ({ asked, hosts: hosts.length }));
    const begun = this.#whole((tell) => {
      const rollout: Omit<StoredRollout, "number"> = {
        ...{ version, base, revision, by, holdSeconds, denials, startedAt: at, wave: -1 },
        ...{ state: "running", endedAt: undefined, why: undefined, waves: told, findings: [] },
      };
      const hosts = waves.flatMap((wave, of) => wave.hosts.map((host) => ({ host, wave: of })));
      const whole = { ...rollout, number: store.add(rollout, hosts) };
      tell(whole, { kind: "rollout-started", who: by, facts: { base, waves: told, holdSeconds, denials } });
      return this.#nextWave(whole, waves[0]?.hosts ?? [], tell);
    });
    estate.distribution.begin(versions.activeAs(version, revision), estate.members(next));
    this.#move(waves[0]?.hosts ?? []);
    return begun;
  }

  /** The next wave follows it as well. */
  advance(rollout: StoredRollout, hosts: readonly string[]): StoredRollout {
    const advanced = this.#whole((tell) => this.#nextWave(rollout, hosts, tell));
    this.#move(hosts);
    return advanced;
  }

  /** Hosts that have joined since come with the wave that has begun last. */
  join(rollout: StoredRollout, hosts: readonly string[]): void {
    const { store, events, now } = this.#parts;
    const at = { wave: rollout.wave, at: now() };
    events.whole(() => store.move(rollout.number, this.#asTheyAre(hosts), at));
    this.#move(hosts);
  }

  /** It has come to everybody: its version is the active one. */
  finish(rollout: StoredRollout): StoredRollout {
    const { versions, estate, now, store } = this.#parts;
    const { version, revision, by } = rollout;
    const [before] = versions.activations();
    const done = this.#whole((tell) => {
      const active = versions.activate(version, by, "provision", revision);
      const ended = { ...rollout, state: "done" as const, endedAt: now() };
      store.set(ended);
      tell(ended, { kind: "rollout-done", who: "server", facts: { base: rollout.base } });
      const facts = {
        ...{ revision, digest: active.content },
        before: before === undefined ? null : { version: before.policy, revision: before.id },
      };
      tell(ended, { kind: "policy-provisioned", who: by, facts });
      return { ended, active };
    });
    estate.decided(estate.hosts().map(({ name }) => name));
    estate.distribution.finish(estate.members(done.active.policy), this.#probation());
    return done.ended;
  }

  /** Those who followed it go back to the active version. `found`: what made it halt by itself. */
  retreat(
    rollout: StoredRollout,
    {
      who,
      why,
      found = [],
    }: { readonly who: string; readonly why: string; readonly found?: readonly RolloutFinding[] },
  ): StoredRollout {
    const { versions, estate, now, store } = this.#parts;
    const { base, wave } = rollout;
    const moved = store.hosts(rollout.number).filter(({ movedAt }) => movedAt !== undefined);
    const facts = { why, wave: wave + 1, of: rollout.waves.length, hosts: moved.length };
    const back = this.#whole((tell) => {
      const order = versions.activate(base, who, "rollback");
      const findings = [...rollout.findings, ...found];
      const ended = { ...rollout, state: "rolled-back" as const, endedAt: now(), why, findings };
      store.set(ended);
      if (found.length > 0) tell(ended, { kind: "rollout-halted", who, facts: { ...facts, found } });
      tell(ended, { kind: "rollout-rolled-back", who, facts: { ...facts, base } });
      return { ended, order };
    });
    // What was in force before needs no probation: whoever could be reached through it still can.
    estate.distribution.retreat(back.order, {});
    return back.ended;
  }

  /** It stands still, or goes on. */
  turn(
    rollout: StoredRollout,
    state: Extract<RolloutState, "running" | "paused" | "halted">,
    {
      kind,
      who,
      why,
      found = [],
    }: Happening & { readonly why?: string; readonly found?: readonly RolloutFinding[] },
  ): StoredRollout {
    const { store } = this.#parts;
    return this.#whole((tell) => {
      const findings = [...rollout.findings, ...found];
      const turned = { ...rollout, state, why, findings };
      store.set(turned);
      const facts = { wave: rollout.wave + 1, of: rollout.waves.length };
      tell(turned, { kind, who, facts: { ...facts, ...(why !== undefined && { why, found }) } });
      return turned;
    });
  }

  /** What is noted without a word to anybody. */
  note(rollout: StoredRollout): StoredRollout {
    this.#parts.store.set(rollout);
    return rollout;
  }

  #nextWave(
    rollout: StoredRollout,
    hosts: readonly string[],
    tell: (rollout: StoredRollout, happening: Happening) => void,
  ): StoredRollout {
    const { store, now } = this.#parts;
    const wave = rollout.wave + 1;
    const waves = rollout.waves.map((one, at) => (at === wave ? { ...one, startedAt: now() } : one));
    const next = { ...rollout, wave, waves };
    store.set(next);
    store.move(rollout.number, this.#asTheyAre(hosts), { wave, at: now() });
    const facts = { wave: wave + 1, of: waves.length, hosts: hosts.length, names: hosts.slice(0, NAMES) };
    tell(next, { kind: "rollout-wave", who: "server", facts });
    return next;
  }

  #asTheyAre(names: readonly string[]): readonly { readonly host: string; readonly well: boolean }[] {
    const { estate } = this.#parts;
    const hosts = new Map(estate.hosts().map((host) => [host.name, host]));
    return names.map((name) => {
      const host = hosts.get(name);
      return { host: name, well: host !== undefined && isWell(estate.sync(host).state) };
    });
  }

  #move(hosts: readonly string[]): void {
    const { estate } = this.#parts;
    estate.decided(hosts);
    estate.distribution.move(hosts, this.#probation());
  }

  #probation(): { readonly confirmWithinSeconds: number } {
    return { confirmWithinSeconds: this.#parts.settings.all().probationSeconds };
  }

  /** Events are told once they are kept, and not before. */
  #whole<Result>(work: (tell: (rollout: StoredRollout, happening: Happening) => void) => Result): Result {
    const { events, now, publish } = this.#parts;
    return events.whole(() =>
      work(({ number, version }, { kind, who, facts = {} }) => {
        const about = String(version);
        const event = events.add({ at: now(), kind, who, about, facts: { rollout: number, ...facts } });
        events.afterwards(() => publish(event));
      }),
    );
  }
}

/** Whether a host enforces what it should, and is there to say so. */
export function isWell(sync: string): boolean {
  return sync === "in-sync" || sync === "isolated";
}
