/** Plays a story: each of its flows with real packets, one after another, so that every counter that moves has one cause. */

import { type Attempt, attemptText, type Fate, fateOf, judgementsMet } from "../oracle/attempt.ts";
import { type Counters, counterOf, growth } from "../oracle/counters.ts";
import { Stage } from "../oracle/stage.ts";
import type { StoryFacts } from "./story.ts";

export interface Setting {
  /** The table of each host. */
  readonly tables: ReadonlyMap<string, string>;
  readonly hosts: ReadonlyMap<string, { readonly addresses: readonly string[] }>;
  readonly outside: readonly string[];
  readonly facts: StoryFacts;
}

/** What differed from the policy's word, one line each. */
export async function play(attempts: readonly Attempt[], setting: Setting): Promise<string[]> {
  const hosts = new Map([...setting.hosts].map(([name, { addresses }]) => [name, addresses]));
  await using stage = await Stage.create({
    hosts,
    outside: setting.outside,
    units: setting.facts.running,
    users: setting.facts.users,
  });
  for (const [host, table] of setting.tables) await stage.load(host, table);
  const player = new Player(stage, setting.tables);
  const complaints: string[] = [];
  for (const attempt of attempts) complaints.push(...(await player.play(attempt)));
  for (const attempt of attempts.filter(isHidden))
    complaints.push(...(await player.playWithoutSource(attempt)));
  return complaints;
}

/** Whether the source's host keeps the destination's from judging. */
function isHidden({ evaluation: { egress, ingress } }: Attempt): boolean {
  return egress?.verdict === "deny" && ingress !== null;
}

class Player {
  readonly #stage: Stage;
  readonly #tables: ReadonlyMap<string, string>;

  constructor(stage: Stage, tables: ReadonlyMap<string, string>) {
    this.#stage = stage;
    this.#tables = tables;
  }

  async play(attempt: Attempt): Promise<string[]> {
    const before = await this.#counters();
    const [fate] = await this.#stage.try([attempt]);
    return [...differentFate(attempt, fate), ...differentRules(attempt, before, await this.#counters())];
  }

  /** The destination's judgement is held to the kernel even where the source would have stopped the packet. */
  async playWithoutSource(attempt: Attempt): Promise<string[]> {
    const { name } = this.#stage.hostOf(attempt.source);
    await this.#stage.unload(name);
    const { ingress } = attempt.evaluation;
    const alone = {
      ...attempt,
      evaluation: { verdict: ingress?.verdict ?? "allow", egress: null, ingress },
    } as const;
    const complaints = await this.play(alone);
    await this.#stage.load(name, this.#tables.get(name) ?? "");
    return complaints.map((complaint) => `with no table on ${name}: ${complaint}`);
  }

  async #counters(): Promise<Map<string, Counters>> {
    const hosts = [...this.#tables.keys()];
    const all = await Promise.all(hosts.map((host) => this.#stage.counters(host)));
    return new Map(hosts.map((host, at) => [host, all[at] ?? new Map()]));
  }
}

function differentFate(attempt: Attempt, fate: Fate | undefined): string[] {
  const expected = fateOf(attempt);
  return fate === expected ? [] : [`${attemptText(attempt)}: expected ${expected}, got ${fate}`];
}

function differentRules(
  attempt: Attempt,
  before: Map<string, Counters>,
  after: Map<string, Counters>,
): string[] {
  const met = judgementsMet(attempt);
  return [...after].flatMap(([host, counters]) => {
    const counted = [...growth(before.get(host) ?? new Map(), counters).keys()];
    const expected = met.flatMap(([direction, judgement]) =>
      judgement.host === host ? counterOf(direction, judgement) : [],
    );
    const same = JSON.stringify(counted) === JSON.stringify(expected);
    return same
      ? []
      : [`${attemptText(attempt)}: ${host} should count [${expected}] and counted [${counted}]`];
  });
}
