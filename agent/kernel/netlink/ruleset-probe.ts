/** Questions to nf_tables that cost next to nothing: which ruleset is in force, and whether a change of members is in it. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { ABOUT } from "@bulkhead/shared/nft/about.ts";
import { type Element, type MemberChanges, type SetChange, TABLE } from "@bulkhead/shared/nft/ruleset.ts";
import { dump, refused, request } from "./conversation.ts";
import { ENOENT } from "./errno.ts";
import { bytesOfElement, writeKeys } from "./member-batch.ts";
import { attributesOf, type Message } from "./message-reader.ts";
import { NetlinkWriter, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from "./netlink-writer.ts";
import * as nft from "./nftables-numbers.ts";
import { readComment } from "./rule-counters.ts";
import type { NetlinkTransport, WithTransport } from "./transport.ts";

export interface RulesetProbe {
  /** The number of the ruleset of this network namespace: every commit of anybody's to any table makes it another one. Throws `kernel/netlink-failed`. */
  generation(): number;
  /** Whether what was added is there, what was removed is not, and the table says what it is to say. Asks for each element: for small changes. Throws `kernel/netlink-…`. */
  holds(changes: MemberChanges): boolean;
}

/** sizeof(struct nfgenmsg). */
const HEADER = 4;
const SEQUENCE = 1;
const ANY_TABLE = Uint8Array.of(0, 0, 0, 0);
const OUR_FAMILY = Uint8Array.of(nft.NFPROTO_INET, 0, 0, 0);
const [GET_GENERATION, GET_ELEMENT, GET_RULE] = [
  nft.NFT_MSG_GETGEN,
  nft.NFT_MSG_GETSETELEM,
  nft.NFT_MSG_GETRULE,
].map((kind) => (nft.NFNL_SUBSYS_NFTABLES << 8) | kind) as [number, number, number];

export function rulesetProbe(withTransport: WithTransport): RulesetProbe {
  return {
    generation: () => withTransport(readGeneration),
    holds: ({ add, remove, about }) =>
      withTransport(
        (transport) =>
          add.every((change) => change.elements.every((one) => hasElement(transport, change, one))) &&
          remove.every((change) => change.elements.every((one) => !hasElement(transport, change, one))) &&
          (about === undefined || readAbout(transport) === about),
      ),
  };
}

function readGeneration(transport: NetlinkTransport): number {
  const writer = new NetlinkWriter();
  const head = { type: GET_GENERATION, flags: NLM_F_REQUEST | NLM_F_ACK, sequence: SEQUENCE };
  writer.message(head, () => writer.raw(ANY_TABLE));
  let generation: number | undefined;
  const answer = (message: Message) => {
    const reader = attributesOf(message, HEADER);
    while (reader.next()) if (reader.type === nft.NFTA_GEN_ID) generation = reader.u32be();
    reader.finish("the ruleset's number");
  };
  const [refusal] = request(transport, writer.written(), { last: SEQUENCE, answer });
  if (refusal !== undefined) throw refused("the ruleset's number", refusal.errno, refusal.words);
  if (generation === undefined)
    throw new BulkheadError(
      "kernel/netlink-failed",
      "netlink: the kernel does not say which ruleset this is",
    );
  return generation;
}

function hasElement(transport: NetlinkTransport, change: SetChange, element: Element): boolean {
  const writer = new NetlinkWriter();
  const head = { type: GET_ELEMENT, flags: NLM_F_REQUEST | NLM_F_ACK, sequence: SEQUENCE };
  writer.message(head, () => {
    writer.raw(OUR_FAMILY);
    writer.text(nft.NFTA_SET_ELEM_LIST_TABLE, TABLE.name);
    writer.text(nft.NFTA_SET_ELEM_LIST_SET, change.set);
    const run = {
      change: { ...change, elements: [element] },
      first: 0,
      count: 1,
      bytes: bytesOfElement(change),
    };
    writer.nest(nft.NFTA_SET_ELEM_LIST_ELEMENTS, () => writeKeys(writer, run));
  });
  const [refusal] = request(transport, writer.written(), { last: SEQUENCE });
  if (refusal !== undefined && refusal.errno !== ENOENT)
    throw refused(`an element of the set ${change.set}`, refusal.errno, refusal.words);
  return refusal === undefined;
}

/** The comment of the only rule in chain `about`. */
function readAbout(transport: NetlinkTransport): string | undefined {
  const writer = new NetlinkWriter();
  writer.message({ type: GET_RULE, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence: SEQUENCE }, () => {
    writer.raw(OUR_FAMILY);
    writer.text(nft.NFTA_RULE_TABLE, TABLE.name);
    writer.text(nft.NFTA_RULE_CHAIN, ABOUT);
  });
  let comments: (string | undefined)[] = [];
  const visit = (message: Message) => {
    const reader = attributesOf(message, HEADER);
    let comment: string | undefined;
    while (reader.next()) if (reader.type === nft.NFTA_RULE_USERDATA) comment = readComment(reader);
    reader.finish("a rule");
    comments.push(comment);
  };
  const restart = () => {
    comments = [];
  };
  dump(transport, { messages: writer.written(), sequence: SEQUENCE }, { visit, restart });
  return comments.length === 1 ? comments[0] : undefined;
}
