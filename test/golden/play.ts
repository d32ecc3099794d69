/** Plays a story: each of its flows with real packets, one after another, so that every counter that moves has one cause. */

import { type Attempt, attemptText, type Fate, fateOf, judgementsMet } from "../oracle/attempt.ts";
import { type Counters, counterOf, growth } from "../oracle/counters.ts";
import { Stage } from "../oracle/stage.ts";
import type { StoryFacts } from "./story.ts";

export interface Setting {
  readonly hosts: ReadonlyMap<string, { readonly addresses: readonly string[] }>;
  readonly outside: readonly string[];
  readonly facts: StoryFacts;
  /** Puts the story's policy into force on one of its hosts, whatever is in force there. */
  readonly load: (stage: Stage, host: string) => Promise<void>;
}

/** What differed from the policy's word, one line each. */
export async function play(attempts: readonly Attempt[], setting: Setting): Promise<string[]> {
  const { hosts, outside, facts, load } = setting;
  const addresses = new Map([...hosts].map(([name, host]) => [name, host.addresses]));
  await using stage = await Stage.create({
    hosts: addresses,
    outside,
    units: facts.running,
    users: facts.users,
    files: knowledgeFiles(facts),
  });
  for (const host of hosts.keys()) await load(stage, host);
  const player = new Player(stage, [...hosts.keys()], load);
  const complaints: string[] = [];
  for (const attempt of attempts) complaints.push(...(await player.play(attempt)));
  return [...complaints, ...(await player.playHidden(attempts.filter(isHidden)))];
}

/** The facts as a host finds them out. */
function knowledgeFiles({ names, users }: StoryFacts): Record<string, string> {
  const hosts = Object.entries(names).flatMap(([name, addresses]) =>
    addresses.map((address) => `${address} ${name}\n`),
  );
  const passwd = Object.entries(users).map(
    ([name, uid]) => `${name}:x:${uid}:${uid}::/nonexistent:/bin/false\n`,
  );
  return {
    "/etc/hosts": `127.0.0.1 localhost\n${hosts.join("")}`,
    "/etc/passwd": passwd.join("") || "root:x:0:0::/root:/bin/sh\n",
  };
}

/** Whether the source's host keeps the destination's from judging. */
function isHidden({ evaluation: { egress, ingress } }: Attempt): boolean {
  return egress?.verdict === "deny" && ingress !== null;
}

class Player {
  readonly #stage: Stage;
  readonly #hosts: readonly string[];
  readonly #load: Setting["load"];

  constructor(stage: Stage, hosts: readonly string[], load: Setting["load"]) {
    this.#stage = stage;
    this.#hosts = hosts;
    this.#load = load;
  }

  async play(attempt: Attempt): Promise<string[]> {
    const before = await this.#counters();
    const [fate] = await this.#stage.try([attempt]);
    return [...differentFate(attempt, fate), ...differentRules(attempt, before, await this.#counters())];
  }

  /** The destination's judgement is held to the kernel even where the source would have stopped the packet. */
  async playHidden(attempts: readonly Attempt[]): Promise<string[]> {
    const complaints: string[] = [];
    for (const [name, from] of Map.groupBy(attempts, ({ source }) => this.#stage.hostOf(source).name)) {
      await this.#stage.unload(name);
      for (const attempt of from) {
        const { ingress } = attempt.evaluation;
        const evaluation = { verdict: ingress?.verdict ?? "allow", egress: null, ingress };
        for (const complaint of await this.play({ ...attempt, evaluation }))
          complaints.push(`with no table on ${name}: ${complaint}`);
      }
      await this.#load(this.#stage, name);
    }
    return complaints;
  }

  async #counters(): Promise<Map<string, Counters>> {
    const all = await Promise.all(this.#hosts.map((host) => this.#stage.counters(host)));
    return new Map(this.#hosts.map((host, at) => [host, all[at] ?? new Map()]));
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
