/** Commits to the ruleset, as nf_tables announces them: what changed, one message each, and at the end who did it. */

import { TABLE } from "@bulkhead/shared/nft/ruleset.ts";
import type { RulesetEvent } from "../events.ts";
import { AttributeReader } from "./attribute-reader.ts";
import type { Decoder, EventMessage } from "./event-source.ts";
import * as nft from "./nftables-numbers.ts";
import { Changes, changeOf } from "./ruleset-changes.ts";

/** sizeof(struct nfgenmsg), which begins with the family. */
const HEADER = 4;

export class RulesetDecoder implements Decoder<RulesetEvent> {
  readonly #reader: AttributeReader;
  #changes = new Changes();

  constructor(view: DataView) {
    this.#reader = new AttributeReader(view, 0, 0);
  }

  decode({ view, type, start, end }: EventMessage, each: (event: RulesetEvent) => void): void {
    if (type >> 8 !== nft.NFNL_SUBSYS_NFTABLES) return;
    const reader = this.#reader.restart(start + HEADER, end);
    const kind = type & 0xff;
    if (kind === nft.NFT_MSG_NEWGEN) this.#end(reader, each);
    else if (end > start && view.getUint8(start) === nft.NFPROTO_INET) this.#note(kind, reader);
  }

  /** What came so far may lack anything, its end as well: what comes next is another commit's. */
  dropped(datagrams: number): number {
    this.#changes = new Changes();
    return datagrams;
  }

  #end(reader: AttributeReader, each: (event: RulesetEvent) => void): void {
    const changes = this.#changes;
    this.#changes = new Changes();
    let generation = 0;
    let pid: number | undefined;
    let name = "";
    while (reader.next()) {
      if (reader.type === nft.NFTA_GEN_ID) generation = reader.u32be();
      else if (reader.type === nft.NFTA_GEN_PROC_PID) pid = reader.u32be();
      else if (reader.type === nft.NFTA_GEN_PROC_NAME) name = reader.text();
    }
    reader.finish("a commit to the ruleset");
    each({ generation, by: pid === undefined ? undefined : { pid, name }, ours: changes.words() });
  }

  #note(kind: number, reader: AttributeReader): void {
    const change = changeOf(kind);
    if (change === undefined) return;
    let table = "";
    let name = "";
    // The attribute that names the table has the same number in all of them. What comes behind the names, such as elements, is not looked at.
    while ((table === "" || name === "") && reader.next()) {
      if (reader.type === nft.NFTA_TABLE_NAME) table = reader.text();
      if (reader.type === change.nameAttribute) name = reader.text();
    }
    reader.finish("a change of the ruleset");
    if (table === TABLE.name) this.#changes.add(change, name);
  }
}
