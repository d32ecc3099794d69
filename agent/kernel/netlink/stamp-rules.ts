/**
 * The rules of those chains that change with members, as `shared/nft` (stamp-chains.ts, about.ts) prints them. Change both together: a test
 * compares what is here with what nft makes of the printed text.
 *
 *   chain current   ct state established,new ct mark & MASK == STAMP accept
 *                   ct state related meta l4proto icmp ct mark & MASK == STAMP accept
 *                   ct state related meta l4proto ipv6-icmp ct mark & MASK == STAMP accept
 *   chain permit    ct mark set ct mark & ~MASK | STAMP accept
 *   chain about     continue comment "policy DIGEST host NAME"
 */

import { ABOUT } from "@bulkhead/shared/nft/about.ts";
import type { Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import { CURRENT, PERMIT } from "@bulkhead/shared/nft/stamp-chains.ts";
import {
  bitwise,
  compare,
  compareByte,
  type Expression,
  loadConntrack,
  loadProtocol,
  storeConntrackMark,
  verdict,
} from "./expression.ts";
import * as nft from "./nftables-numbers.ts";

const ICMP = 1;
const ICMPV6 = 58;
const accept = verdict(nft.NF_ACCEPT);

export interface Rule {
  readonly expressions: readonly Expression[];
  readonly comment?: string;
}

/** A chain and the rules that it holds. */
export interface ChainRules {
  readonly chain: string;
  readonly rules: readonly Rule[];
}

/** The two chains that hold all that depends on the stamp. */
export function stampRules(stamp: Stamp): readonly ChainRules[] {
  return [
    { chain: CURRENT, rules: currentRules(stamp).map((expressions) => ({ expressions })) },
    { chain: PERMIT, rules: [{ expressions: [...setMark(stamp), accept] }] },
  ];
}

/** The chain that says what the table is. */
export function aboutRules(comment: string): ChainRules {
  return { chain: ABOUT, rules: [{ expressions: [verdict(nft.NFT_CONTINUE)], comment }] };
}

function currentRules(stamp: Stamp): readonly (readonly Expression[])[] {
  const isCurrent = [loadConntrack(nft.NFT_CT_MARK), bitwise(stamp.mask, 0), compare("equal", stamp.value)];
  const related = (protocol: number) => [loadProtocol, compareByte(protocol), ...isCurrent, accept];
  return [
    [...hasState(nft.CT_STATE_ESTABLISHED | nft.CT_STATE_NEW), ...isCurrent, accept],
    [...hasState(nft.CT_STATE_RELATED), ...related(ICMP)],
    [...hasState(nft.CT_STATE_RELATED), ...related(ICMPV6)],
  ];
}

function hasState(bits: number): readonly Expression[] {
  return [loadConntrack(nft.NFT_CT_STATE), bitwise(bits, 0), compare("not-equal", 0)];
}

function setMark({ mask, value }: Stamp): readonly Expression[] {
  return [loadConntrack(nft.NFT_CT_MARK), bitwise(~mask >>> 0, value), storeConntrackMark];
}
