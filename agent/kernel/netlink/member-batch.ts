/** A change of members, of the stamp and of what the table says about itself, as one batch of nf_tables messages (linux/netfilter/nfnetlink.h). */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type Element, type MemberChanges, type SetChange, TABLE } from "@bulkhead/shared/nft/ruleset.ts";
import { elementText, keyType } from "./element-key.ts";
import {
  type NetlinkWriter,
  NLM_F_ACK,
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REQUEST,
} from "./netlink-writer.ts";
import * as nft from "./nftables-numbers.ts";
import { aboutRules, type ChainRules, type Rule, stampRules } from "./stamp-rules.ts";

/** A nested attribute's length is 16 bits: this many bytes of elements go into one message. */
const BYTES_OF_ELEMENTS = 60_000;
/** Three headers stand around each key: element, key, value. */
const ELEMENT_HEADERS = 12;
const NESTED = 0x8000;

const NEW_ELEMENTS = (nft.NFNL_SUBSYS_NFTABLES << 8) | nft.NFT_MSG_NEWSETELEM;
const DELETE_ELEMENTS = (nft.NFNL_SUBSYS_NFTABLES << 8) | nft.NFT_MSG_DELSETELEM;
const NEW_RULE = (nft.NFNL_SUBSYS_NFTABLES << 8) | nft.NFT_MSG_NEWRULE;
const DELETE_RULES = (nft.NFNL_SUBSYS_NFTABLES << 8) | nft.NFT_MSG_DELRULE;

// struct nfgenmsg: family, version 0, a number in network order which for batches is the subsystem.
const TABLE_HEADER = Uint8Array.of(nft.NFPROTO_INET, 0, 0, 0);
const BATCH_HEADER = Uint8Array.of(0, 0, 0, nft.NFNL_SUBSYS_NFTABLES);

/** What one message of the batch was about, so that an error can be told in an operator's words. */
export interface BatchPart {
  readonly sequence: number;
  readonly action: "add" | "remove" | "refill";
  /** The set, or the chain. */
  readonly name: string;
  /** The byte of the message at which element `first` of the change stands, and how long each is. */
  readonly elements?: {
    readonly change: SetChange;
    readonly first: number;
    readonly offset: number;
    readonly bytes: number;
  };
}

export interface Batch {
  /** The sequence that the acknowledgement of the whole will bear. */
  readonly last: number;
  readonly parts: readonly BatchPart[];
}

/**
 * Writes the batch: removals, additions, then the chains, so that an element may move within one change. Sequences count from `first`.
 * Adding what is there and removing what is not are refused by the kernel: they would mean that the table is not what we take it for.
 * With `generation`, it is for the ruleset with this number and no other. Throws `kernel/netlink-refused` for an element that its set cannot hold.
 */
export function writeBatch(
  writer: NetlinkWriter,
  changes: MemberChanges,
  { first, generation }: { readonly first: number; readonly generation?: number | undefined },
): Batch {
  const parts: BatchPart[] = [];
  const batch: Writing = { writer, first, parts };
  const begin = { type: nft.NFNL_MSG_BATCH_BEGIN, flags: NLM_F_REQUEST, sequence: first };
  writer.message(begin, () => {
    writer.raw(BATCH_HEADER);
    if (generation !== undefined) writer.u32be(nft.NFNL_BATCH_GENID, generation);
  });
  for (const change of changes.remove) writeElements(batch, "remove", change);
  for (const change of changes.add) writeElements(batch, "add", change);
  if (changes.stamp !== undefined) for (const chain of stampRules(changes.stamp)) writeChain(batch, chain);
  if (changes.about !== undefined) writeChain(batch, aboutRules(changes.about));
  const last = first + parts.length;
  // One acknowledgement is enough: refusals come whether asked for or not, and before it.
  writer.addFlags(NLM_F_ACK);
  const end = { type: nft.NFNL_MSG_BATCH_END, flags: NLM_F_REQUEST, sequence: last + 1 };
  writer.message(end, () => writer.raw(BATCH_HEADER));
  return { last, parts };
}

interface Writing {
  readonly writer: NetlinkWriter;
  readonly first: number;
  readonly parts: BatchPart[];
}

/** Elements per message as the 16 bits allow; as many messages as that takes. */
function writeElements(batch: Writing, action: "add" | "remove", change: SetChange): void {
  const bytes = bytesOfElement(change);
  const atOnce = Math.floor(BYTES_OF_ELEMENTS / bytes);
  for (let first = 0; first < change.elements.length; first += atOnce) {
    const count = Math.min(atOnce, change.elements.length - first);
    writeSetMessage(batch, action, { change, first, count, bytes });
  }
}

/** Of one element with its headers. */
export function bytesOfElement({ set, type }: SetChange): number {
  return ELEMENT_HEADERS + ((keyType(set, type).length + 3) & ~3);
}

/** A part of a change's elements, `bytes` each. */
export interface Run {
  readonly change: SetChange;
  readonly first: number;
  readonly count: number;
  readonly bytes: number;
}

function writeSetMessage(batch: Writing, action: "add" | "remove", run: Run): void {
  const { writer, parts } = batch;
  const { change, first, bytes } = run;
  const sequence = batch.first + parts.length + 1;
  const head =
    action === "add"
      ? { type: NEW_ELEMENTS, flags: NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL, sequence }
      : { type: DELETE_ELEMENTS, flags: NLM_F_REQUEST, sequence };
  writer.message(head, () => {
    writer.raw(TABLE_HEADER);
    writer.text(nft.NFTA_SET_ELEM_LIST_TABLE, TABLE.name);
    writer.text(nft.NFTA_SET_ELEM_LIST_SET, change.set);
    writer.nest(nft.NFTA_SET_ELEM_LIST_ELEMENTS, () => {
      parts.push({
        sequence,
        action,
        name: change.set,
        elements: { change, first, offset: writer.offset, bytes },
      });
      writeKeys(writer, run);
    });
  });
}

/** The hot loop: a full load passes here once for every address. Throws `kernel/netlink-refused`. */
export function writeKeys(writer: NetlinkWriter, { change, first, count, bytes }: Run): void {
  const { length, write } = keyType(change.set, change.type);
  let at = writer.reserve(count * bytes);
  const { memory } = writer;
  for (let i = first; i < first + count; i++) {
    const element = change.elements[i];
    memory.view.setUint16(at, bytes, true);
    memory.view.setUint16(at + 2, NESTED | nft.NFTA_LIST_ELEM, true);
    memory.view.setUint16(at + 4, bytes - 4, true);
    memory.view.setUint16(at + 6, NESTED | nft.NFTA_SET_ELEM_KEY, true);
    memory.view.setUint16(at + 8, 4 + length, true);
    memory.view.setUint16(at + 10, nft.NFTA_DATA_VALUE, true);
    if (element === undefined || !write(element, memory, at + ELEMENT_HEADERS))
      throw unwritable(change, element);
    at += bytes;
  }
}

/** Empties the chain and fills it again. */
function writeChain(batch: Writing, { chain, rules }: ChainRules): void {
  writeRuleMessage(batch, { type: DELETE_RULES, flags: NLM_F_REQUEST, chain });
  const flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_APPEND;
  for (const rule of rules) writeRuleMessage(batch, { type: NEW_RULE, flags, chain, rule });
}

interface RuleMessage {
  readonly type: number;
  readonly flags: number;
  readonly chain: string;
  readonly rule?: Rule;
}

function writeRuleMessage(
  { writer, first, parts }: Writing,
  { type, flags, chain, rule }: RuleMessage,
): void {
  const sequence = first + parts.length + 1;
  parts.push({ sequence, action: "refill", name: chain });
  writer.message({ type, flags, sequence }, () => {
    writer.raw(TABLE_HEADER);
    writer.text(nft.NFTA_RULE_TABLE, TABLE.name);
    writer.text(nft.NFTA_RULE_CHAIN, chain);
    if (rule !== undefined) writeRule(writer, rule);
  });
}

function writeRule(writer: NetlinkWriter, { expressions, comment }: Rule): void {
  writer.nest(nft.NFTA_RULE_EXPRESSIONS, () => {
    for (const expression of expressions) expression(writer);
  });
  if (comment === undefined) return;
  const text = new TextEncoder().encode(`${comment}\0`);
  writer.bytes(nft.NFTA_RULE_USERDATA, Uint8Array.of(nft.NFTNL_UDATA_RULE_COMMENT, text.length, ...text));
}

function unwritable(change: SetChange, element: Element | undefined): BulkheadError {
  const what = element === undefined ? "nothing" : elementText(element);
  return new BulkheadError(
    "kernel/netlink-refused",
    `${what} is no element for the set ${change.set} of type ${change.type}`,
  );
}
