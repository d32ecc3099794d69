/** What the rules of our table have counted, read rule by rule over netlink: nft itself reads every set first. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { TABLE } from "@bulkhead/shared/nft/ruleset.ts";
import type { RuleCounter, RuleCounterRoom } from "../kernel.ts";
import type { AttributeReader } from "./attribute-reader.ts";
import { dump } from "./conversation.ts";
import { attributesOf, type Message } from "./message-reader.ts";
import { NetlinkWriter, NLM_F_DUMP, NLM_F_REQUEST } from "./netlink-writer.ts";
import * as nft from "./nftables-numbers.ts";
import type { NetlinkTransport, WithTransport } from "./transport.ts";

/** sizeof(struct nfgenmsg). */
const HEADER = 4;
const GET_RULE = (nft.NFNL_SUBSYS_NFTABLES << 8) | nft.NFT_MSG_GETRULE;
const utf8 = new TextDecoder();

/** The room. */
export function ruleCounterRoom(withTransport: WithTransport): RuleCounterRoom {
  return {
    read: (chains = [ALL]) =>
      withTransport((transport) =>
        chains.flatMap((chain, index) => readChain(transport, { chain, sequence: index + 1 })),
      ),
  };
}

/** No chain has this name. */
const ALL = "";

interface Question {
  readonly chain: string;
  readonly sequence: number;
}

function readChain(transport: NetlinkTransport, { chain, sequence }: Question): readonly RuleCounter[] {
  const writer = new NetlinkWriter();
  writer.message({ type: GET_RULE, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence }, () => {
    writer.raw(Uint8Array.of(nft.NFPROTO_INET, 0, 0, 0));
    writer.text(nft.NFTA_RULE_TABLE, TABLE.name);
    if (chain !== ALL) writer.text(nft.NFTA_RULE_CHAIN, chain);
  });
  let counters: RuleCounter[] = [];
  const visit = (message: Message) => {
    const counter = readRule(message);
    if (counter !== undefined) counters.push(counter);
  };
  const restart = () => {
    counters = [];
  };
  const { lost } = dump(transport, { messages: writer.written(), sequence }, { visit, restart });
  if (lost > 0)
    throw new BulkheadError(
      "kernel/netlink-failed",
      "netlink: the rules changed faster than they can be read",
    );
  return counters;
}

/** Undefined for a rule without a counter or without a comment. Throws `kernel/netlink-malformed`. */
export function readRule(message: Message): RuleCounter | undefined {
  const reader = attributesOf(message, HEADER);
  let chain = "";
  let comment: string | undefined;
  let counter: Pick<RuleCounter, "packets" | "bytes"> | undefined;
  while (reader.next()) {
    if (reader.type === nft.NFTA_RULE_CHAIN) chain = reader.text();
    else if (reader.type === nft.NFTA_RULE_USERDATA) comment = readComment(reader);
    else if (reader.type === nft.NFTA_RULE_EXPRESSIONS) counter = readExpressions(reader.nested());
  }
  reader.finish("a rule");
  return comment === undefined || counter === undefined ? undefined : { chain, comment, ...counter };
}

/** The first counter's, as nft lists it. */
function readExpressions(list: AttributeReader): Pick<RuleCounter, "packets" | "bytes"> | undefined {
  let counter: Pick<RuleCounter, "packets" | "bytes"> | undefined;
  while (counter === undefined && list.next()) {
    if (list.type !== nft.NFTA_LIST_ELEM) continue;
    const expression = list.nested();
    let name = "";
    // The kernel writes an expression's name before its data.
    while (expression.next()) {
      if (expression.type === nft.NFTA_EXPR_NAME) name = expression.text();
      else if (expression.type === nft.NFTA_EXPR_DATA && name === "counter")
        counter = readCounter(expression.nested());
    }
  }
  return counter;
}

function readCounter(data: AttributeReader): Pick<RuleCounter, "packets" | "bytes"> {
  let packets = 0;
  let bytes = 0;
  while (data.next()) {
    if (data.type === nft.NFTA_COUNTER_PACKETS) packets = data.u64be();
    else if (data.type === nft.NFTA_COUNTER_BYTES) bytes = data.u64be();
  }
  return { packets, bytes };
}

/** User data is what a program left there, nft or another: type, length and value, a byte each for the first two (libnftnl, udata.h). */
export function readComment({ view, start, length }: AttributeReader): string | undefined {
  const end = start + length;
  for (let at = start; at + 2 <= end; ) {
    const valueEnd = at + 2 + view.getUint8(at + 1);
    if (valueEnd > end) return undefined;
    if (view.getUint8(at) === nft.NFTNL_UDATA_RULE_COMMENT) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 2, valueEnd - at - 2);
      const zero = bytes.indexOf(0);
      return utf8.decode(zero < 0 ? bytes : bytes.subarray(0, zero));
    }
    at = valueEnd;
  }
  return undefined;
}
