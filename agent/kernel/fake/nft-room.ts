/** The fake of nft: one table, kept as text. */

import { setTimeout as pause } from "node:timers/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { PROBATION } from "@bulkhead/shared/nft/probation.ts";
import type { NftRoom, RuleCounter, RuleCounterRoom, TableInKernel } from "../kernel.ts";
import { failOnce, type Knobs } from "./knobs.ts";
import { readStatements } from "./statement.ts";
import { type FakeTable, flawOf, isTimed, listing } from "./table.ts";
import { applyStatement, type Tables } from "./transaction.ts";

/** The fake kernel's memory. */
export interface Memory {
  table: FakeTable | undefined;
  /** Packets that rules counted, by `CHAIN COMMENT`. */
  readonly counted: Map<string, { packets: number; bytes: number }>;
}

export function fakeNftRoom(memory: Memory, knobs: Knobs): NftRoom {
  const run = async <T>(answer: () => T): Promise<T> => {
    if (knobs.slowNft > 0) await pause(knobs.slowNft);
    if (knobs.nftFails !== undefined)
      throw new BulkheadError(knobs.nftFails, "the fake nft was told not to work");
    return answer();
  };
  return {
    assertUsable: () => run(() => {}),
    check: (transaction) =>
      run(() => {
        failOnce(knobs, "failNextCheck");
        after(memory.table, transaction);
      }),
    load: (transaction) =>
      run(() => {
        failOnce(knobs, "failNextLoad");
        memory.table = after(memory.table, transaction);
        if (!knobs.loseNextAnswer) return;
        knobs.loseNextAnswer = false;
        throw new BulkheadError(
          "kernel/nft-killed",
          "nft was ended by SIGKILL, after the kernel had committed",
        );
      }),
    read: () =>
      run(() => {
        failOnce(knobs, "failNextRead");
        return memory.table === undefined ? undefined : read(memory.table, memory, knobs);
      }),
    list: () => run(() => (memory.table === undefined ? undefined : listing(memory.table, "all"))),
    listEverything: () => run(() => (memory.table === undefined ? "" : listing(memory.table, "stable"))),
    isOwn: (pid) => pid === process.pid,
  };
}

/** The same counters as those that `read` finds, without nft. */
export function fakeCounterRoom(memory: Memory): RuleCounterRoom {
  return {
    read: (wanted) =>
      [...(memory.table?.chains ?? [])]
        .filter(([chain]) => wanted === undefined || wanted.includes(chain))
        .flatMap(([chain, { rules }]) => counters(memory, chain, rules)),
  };
}

/** What a transaction makes of the table. Throws `kernel/nft-refused`. */
function after(table: Tables, transaction: string): Tables {
  try {
    const result = readStatements(transaction).reduce(applyStatement, table);
    const flaw = result === undefined ? undefined : flawOf(result);
    if (flaw !== undefined) throw new SyntaxError(flaw);
    return result;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BulkheadError("kernel/nft-refused", `nft refuses ${error.message}`);
  }
}

function read(table: FakeTable, memory: Memory, knobs: Knobs): TableInKernel {
  const clock = table.sets.get(PROBATION);
  return {
    stableText: listing(table, "stable"),
    objects: {
      sets: [...table.sets.keys()],
      maps: [...table.maps.keys()],
      chains: [...table.chains].map(([name, { hook }]) => ({ name, base: hook !== undefined })),
    },
    counters: [...table.chains].flatMap(([chain, { rules }]) => counters(memory, chain, rules)),
    ...(clock !== undefined && isTimed(clock) ? { probation: { secondsLeft: knobs.secondsLeft } } : {}),
  };
}

function counters({ counted }: Memory, chain: string, rules: readonly string[]): readonly RuleCounter[] {
  return rules.flatMap((rule) => {
    const comment = /\bcounter\b.* comment "([^"]*)"$/.exec(rule)?.[1];
    const count = counted.get(`${chain} ${comment}`) ?? { packets: 0, bytes: 0 };
    return comment === undefined ? [] : [{ chain, comment, ...count }];
  });
}
