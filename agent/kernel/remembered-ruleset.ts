/**
 * Our table as it was read last, good for as long as the kernel says that nobody has committed to the ruleset since. So a change of members need not wait for nft, which
 * reads every set from its beginning to its end.
 */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { MemberChanges } from "@bulkhead/shared/nft/ruleset.ts";
import type { MemberRoom, NftRoom, TableInKernel } from "./kernel.ts";
import type { RulesetProbe } from "./netlink/ruleset-probe.ts";
import { changedListing } from "./nft/changed-listing.ts";

export interface RulesetRooms {
  readonly nft: NftRoom;
  readonly members: {
    /** Throws `kernel/ruleset-changed` where the ruleset has another number. */
    apply(changes: MemberChanges, generation?: number): void;
  };
  readonly probe: RulesetProbe;
}

interface Known {
  readonly generation: number;
  readonly table: TableInKernel;
}

/** More than that is asked for by nft all at once. */
const MOST_ELEMENTS = 64;

export class RememberedRuleset {
  readonly #rooms: RulesetRooms;
  #known: Known | undefined;

  constructor(rooms: RulesetRooms) {
    this.#rooms = rooms;
  }

  /** The room of nft, whose `read` gives what is known where that is still true. Its counters are those of when nft was asked. */
  get nft(): NftRoom {
    return { ...this.#rooms.nft, read: () => this.#read() };
  }

  get members(): MemberRoom {
    return { apply: (changes) => this.#apply(changes) };
  }

  /** The next look is at the kernel's table itself. */
  forget(): void {
    this.#known = undefined;
  }

  async #read(): Promise<TableInKernel | undefined> {
    const { nft, probe } = this.#rooms;
    const generation = probe.generation();
    if (this.#known?.generation === generation) return this.#known.table;
    this.#known = undefined;
    const table = await nft.read();
    // A probation's clock passes without a commit.
    const isLasting = table !== undefined && table.probation === undefined;
    if (isLasting && probe.generation() === generation) this.#known = { generation, table };
    return table;
  }

  #apply(changes: MemberChanges): void {
    const { members } = this.#rooms;
    const known = this.#known;
    this.#known = undefined;
    if (known === undefined || sizeOf(changes) > MOST_ELEMENTS) {
      members.apply(changes);
      return;
    }
    try {
      members.apply(changes, known.generation);
    } catch (error) {
      if (!(error instanceof BulkheadError) || error.code !== "kernel/ruleset-changed") throw error;
      // Somebody's commit came in between, to whichever table: what is read afterwards shows what it did.
      members.apply(changes);
      return;
    }
    this.#readBack(changes, known);
  }

  /** What has changed is read; all else was, and there was no other commit than ours. */
  #readBack(changes: MemberChanges, { generation, table }: Known): void {
    const { probe } = this.#rooms;
    const stableText = changedListing(table.stableText, changes);
    if (stableText === undefined || !probe.holds(changes)) return;
    const next = probe.generation();
    if (next === after(generation)) this.#known = { generation: next, table: { ...table, stableText } };
  }
}

/** The number that the next commit has: 32 bits, without 0 (nf_tables_api.c). */
function after(generation: number): number {
  return (generation + 1) >>> 0 || 1;
}

function sizeOf({ add, remove }: MemberChanges): number {
  return [...add, ...remove].reduce((sum, { elements }) => sum + elements.length, 0);
}
