/** A kernel in memory, for tests of what stands above it, with knobs to break it by. One contract suite holds it and the real one to the same behaviour. */

import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { MemberChanges } from "@bulkhead/shared/nft/ruleset.ts";
import { fakeConntrackRoom, keyOf } from "./fake/conntrack-room.ts";
import { failOnce, type Knobs } from "./fake/knobs.ts";
import { changeMembers } from "./fake/members.ts";
import { fakeCounterRoom, fakeNftRoom, type Memory } from "./fake/nft-room.ts";
import { fakeSocketRoom } from "./fake/socket-room.ts";
import { withEntry } from "./fake/table.ts";
import type { ConntrackEntry, FactsNeeded, Kernel } from "./kernel.ts";

export interface FakeKernel extends Kernel {
  /** Turn them at any time. */
  readonly knobs: Knobs;
  /** Somebody else's `nft flush ruleset`: our table is gone. */
  foreignFlush(): void;
  /** Somebody else puts a rule in front of a chain of ours. */
  foreignRule(chain: string, rule: string): void;
  /** An entry that traffic made, or (`undefined`) all of them gone. */
  track(entry: ConntrackEntry | undefined): void;
  /** Packets hit a rule. */
  count(hit: {
    readonly chain: string;
    readonly comment: string;
    readonly packets: number;
    readonly bytes: number;
  }): void;
}

const DEFAULTS: Knobs = {
  nftFails: undefined,
  slowNft: 0,
  failNextCheck: undefined,
  failNextLoad: undefined,
  failNextRead: undefined,
  failNextMemberChange: undefined,
  loseNextAnswer: false,
  lostConntrackEntries: 0,
  name: "host",
  addresses: ["192.0.2.1"],
  facts: { names: {}, units: {}, users: {} },
  sockets: [],
  secondsLeft: 60,
};

/** A fresh kernel without our table. */
export function fakeKernel(settings: Partial<Knobs> = {}): FakeKernel {
  const knobs: Knobs = { ...DEFAULTS, ...settings };
  const memory: Memory = { table: undefined, counted: new Map() };
  const entries = new Map<string, ConntrackEntry>();
  return {
    knobs,
    nft: fakeNftRoom(memory, knobs),
    members: {
      apply: (changes) => {
        failOnce(knobs, "failNextMemberChange");
        if (isEmpty(changes)) return;
        memory.table = changeMembers(memory.table, changes);
      },
    },
    conntrack: fakeConntrackRoom(entries, knobs),
    sockets: fakeSocketRoom(knobs),
    counters: fakeCounterRoom(memory),
    host: {
      name: () => knobs.name,
      addresses: () => knobs.addresses,
      callerPorts: () => [32768, 60999],
      resolve: async (need) => known(knobs.facts, need),
    },
    foreignFlush: () => {
      memory.table = undefined;
    },
    foreignRule: (name, rule) => {
      const chain = memory.table?.chains.get(name);
      if (memory.table === undefined || chain === undefined) throw new Error(`there is no chain ${name}`);
      const changed = { ...chain, rules: [rule, ...chain.rules] };
      memory.table = { ...memory.table, chains: withEntry(memory.table.chains, name, changed) };
    },
    track: (entry) => {
      if (entry === undefined) entries.clear();
      else entries.set(keyOf(entry), entry);
    },
    count: ({ chain, comment, packets, bytes }) =>
      memory.counted.set(`${chain} ${comment}`, { packets, bytes }),
  };
}

function isEmpty({ add, remove, stamp, about }: MemberChanges): boolean {
  return (
    stamp === undefined &&
    about === undefined &&
    [...add, ...remove].every(({ elements }) => elements.length === 0)
  );
}

/** That part of the facts which is asked for. */
function known(facts: HostFacts, need: FactsNeeded): { facts: HostFacts; missing: readonly string[] } {
  const missing = (what: string, wanted: readonly string[], have: object) =>
    wanted.filter((name) => !Object.hasOwn(have, name)).map((name) => `${what} ${name} was not found`);
  return {
    facts: {
      names: pick(facts.names, need.names),
      units: pick(facts.units, need.units),
      users: pick(facts.users, need.users),
    },
    missing: [
      ...missing("the DNS name", need.names, facts.names),
      ...missing("the unit", need.units, facts.units),
      ...missing("the account", need.users, facts.users),
    ],
  };
}

function pick<T>(from: Readonly<Record<string, T>>, wanted: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => wanted.includes(name)));
}
