/** The few expressions of nf_tables that the stamp's rules are made of, as nft writes them; all values are compared in host byte order. */

import type { NetlinkWriter } from "./netlink-writer.ts";
import * as nft from "./nftables-numbers.ts";

/** Writes itself into a rule's list of expressions. */
export type Expression = (writer: NetlinkWriter) => void;

/** `ct state`, `ct mark`: into register 1. */
export function loadConntrack(key: typeof nft.NFT_CT_STATE | typeof nft.NFT_CT_MARK): Expression {
  return expression("ct", (writer) => {
    writer.u32be(nft.NFTA_CT_KEY, key);
    writer.u32be(nft.NFTA_CT_DREG, nft.NFT_REG_1);
  });
}

/** `ct mark set` from register 1. */
export const storeConntrackMark: Expression = expression("ct", (writer) => {
  writer.u32be(nft.NFTA_CT_KEY, nft.NFT_CT_MARK);
  writer.u32be(nft.NFTA_CT_SREG, nft.NFT_REG_1);
});

/** `meta l4proto` into register 1. */
export const loadProtocol: Expression = expression("meta", (writer) => {
  writer.u32be(nft.NFTA_META_KEY, nft.NFT_META_L4PROTO);
  writer.u32be(nft.NFTA_META_DREG, nft.NFT_REG_1);
});

/** Register 1 becomes `(register 1 & mask) ^ toggle`. */
export function bitwise(mask: number, toggle: number): Expression {
  return expression("bitwise", (writer) => {
    writer.u32be(nft.NFTA_BITWISE_SREG, nft.NFT_REG_1);
    writer.u32be(nft.NFTA_BITWISE_DREG, nft.NFT_REG_1);
    writer.u32be(nft.NFTA_BITWISE_OP, nft.NFT_BITWISE_BOOL);
    writer.u32be(nft.NFTA_BITWISE_LEN, 4);
    writer.nest(nft.NFTA_BITWISE_MASK, () => writer.u32(nft.NFTA_DATA_VALUE, mask));
    writer.nest(nft.NFTA_BITWISE_XOR, () => writer.u32(nft.NFTA_DATA_VALUE, toggle));
  });
}

/** Goes on with the rule only if the 32 bits of register 1 compare so. */
export function compare(operator: "equal" | "not-equal", value: number): Expression {
  return comparison(operator, (writer) => writer.u32(nft.NFTA_DATA_VALUE, value));
}

/** Goes on with the rule only if the one byte in register 1 is this. */
export function compareByte(value: number): Expression {
  return comparison("equal", (writer) => writer.u8(nft.NFTA_DATA_VALUE, value));
}

/** Ends the rule: `accept`, or `continue` (which does nothing). */
export function verdict(code: typeof nft.NF_ACCEPT | typeof nft.NFT_CONTINUE): Expression {
  return expression("immediate", (writer) => {
    writer.u32be(nft.NFTA_IMMEDIATE_DREG, nft.NFT_REG_VERDICT);
    writer.nest(nft.NFTA_IMMEDIATE_DATA, () =>
      writer.nest(nft.NFTA_DATA_VERDICT, () => writer.u32be(nft.NFTA_VERDICT_CODE, code)),
    );
  });
}

function comparison(operator: "equal" | "not-equal", data: Expression): Expression {
  return expression("cmp", (writer) => {
    writer.u32be(nft.NFTA_CMP_SREG, nft.NFT_REG_1);
    writer.u32be(nft.NFTA_CMP_OP, operator === "equal" ? nft.NFT_CMP_EQ : nft.NFT_CMP_NEQ);
    writer.nest(nft.NFTA_CMP_DATA, () => data(writer));
  });
}

function expression(name: string, data: Expression): Expression {
  return (writer) =>
    writer.nest(nft.NFTA_LIST_ELEM, () => {
      writer.text(nft.NFTA_EXPR_NAME, name);
      writer.nest(nft.NFTA_EXPR_DATA, () => data(writer));
    });
}
