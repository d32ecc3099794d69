/** What a commit did to our table, in few words however much it was. */

import * as nft from "./nftables-numbers.ts";

/** A commit of a hundred thousand elements must not fill the memory: so many different lines; beside them one for the table and one that counts the rest. */
const MOST_LINES = 18;

/** One kind of change. */
export interface Change {
  readonly what: "table" | "chain" | "rule" | "set" | "element" | "object" | "flowtable";
  readonly how: "added" | "removed";
  /** Which attribute names the thing, or what it is in. */
  readonly nameAttribute: number;
}

const NAMED_BY: Readonly<Record<Change["what"], number>> = {
  table: nft.NFTA_TABLE_NAME,
  chain: nft.NFTA_CHAIN_NAME,
  rule: nft.NFTA_RULE_CHAIN,
  set: nft.NFTA_SET_NAME,
  element: nft.NFTA_SET_ELEM_LIST_SET,
  object: nft.NFTA_OBJ_NAME,
  flowtable: nft.NFTA_FLOWTABLE_NAME,
};

const KINDS: ReadonlyMap<number, Change> = new Map([
  [nft.NFT_MSG_NEWTABLE, change("table", "added")],
  [nft.NFT_MSG_DELTABLE, change("table", "removed")],
  [nft.NFT_MSG_NEWCHAIN, change("chain", "added")],
  [nft.NFT_MSG_DELCHAIN, change("chain", "removed")],
  [nft.NFT_MSG_NEWRULE, change("rule", "added")],
  [nft.NFT_MSG_DELRULE, change("rule", "removed")],
  [nft.NFT_MSG_NEWSET, change("set", "added")],
  [nft.NFT_MSG_DELSET, change("set", "removed")],
  [nft.NFT_MSG_NEWSETELEM, change("element", "added")],
  [nft.NFT_MSG_DELSETELEM, change("element", "removed")],
  [nft.NFT_MSG_NEWOBJ, change("object", "added")],
  [nft.NFT_MSG_DELOBJ, change("object", "removed")],
  [nft.NFT_MSG_NEWFLOWTABLE, change("flowtable", "added")],
  [nft.NFT_MSG_DELFLOWTABLE, change("flowtable", "removed")],
]);

function change(what: Change["what"], how: Change["how"]): Change {
  return { what, how, nameAttribute: NAMED_BY[what] };
}

/** What a message of this kind (NFT_MSG_…) tells of; undefined for one that tells of no change. */
export function changeOf(kind: number): Change | undefined {
  return KINDS.get(kind);
}

/** The changes of one commit, in bounded memory. */
export class Changes {
  /** How often each line, in the order in which they came. */
  readonly #lines = new Map<string, number>();
  #table: string | undefined;
  #more = 0;

  add(change: Change, name: string): void {
    // Comes last, after all that was in the table, and says more than all of it.
    if (change.what === "table") this.#table = `table ${change.how}`;
    else this.#count(wordsOf(change, name));
  }

  /** At most 20 lines. */
  words(): readonly string[] {
    const lines = [...this.#lines].map(([line, count]) => (count === 1 ? line : `${line} (${count} times)`));
    return [
      ...(this.#table === undefined ? [] : [this.#table]),
      ...lines,
      ...(this.#more === 0 ? [] : [`and ${this.#more} more`]),
    ];
  }

  #count(line: string): void {
    const known = this.#lines.get(line);
    if (known === undefined && this.#lines.size === MOST_LINES) this.#more++;
    else this.#lines.set(line, (known ?? 0) + 1);
  }
}

function wordsOf({ what, how }: Change, name: string): string {
  if (what === "rule") return `rule ${how} in chain ${name}`;
  if (what === "element")
    return how === "added" ? `element added to set ${name}` : `element removed from set ${name}`;
  return `${what} ${name} ${how}`;
}
