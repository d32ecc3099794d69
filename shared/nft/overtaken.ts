/**
 * The instant of a change. The kernel takes a packet through the rules of the table that it met, but whatever a verdict map holds is gone for it as soon as the next table is in force
 * (nft_map_deactivate() of net/netfilter/nf_tables_api.c: the map's elements become inactive with the generation, and a lookup asks for the newest one). So a packet that is judged just then
 * may miss a deny for its port and meet a wide allow, or miss its allow and be refused.
 *
 * The remedy is a verdict map that every packet is in. Who does not find it there has been overtaken, and what was not found before is worth nothing: where the policy is enforced the packet is
 * dropped without a word, and the next one of its flow meets the new table.
 */

import type { Mode } from "../policy/policy.ts";
import { chain, DROP, goTo, rule } from "./build.ts";
import type { ChainNode, Statement } from "./ruleset.ts";
import { PERMIT } from "./stamp-chains.ts";

/** Where what a rule allows goes to, where the policy is enforced. */
export const ALLOWED = "allowed";

/** Accepts a packet without a stamp. */
export const ACCEPT_UNLESS_OVERTAKEN: Statement = Object.freeze({
  kind: "unless-overtaken",
  verdict: "accept",
});

/** The chain to be asked before a flow is denied because nothing has allowed it. */
export function overtakenName(mode: Exclude<Mode, "off">): string {
  return mode === "enforce" ? "overtaken" : "overtaken_observed";
}

export function allowedChain(): ChainNode {
  return chain(ALLOWED, "allowed, by rules that are still in force", [
    rule([], [{ kind: "unless-overtaken", verdict: { goto: PERMIT } }]),
    rule([], [DROP]),
  ]);
}

export function overtakenChain(mode: Exclude<Mode, "off">): ChainNode {
  return chain(overtakenName(mode), "judged by rules that are being replaced: no word of it", [
    rule([], [{ kind: "unless-overtaken", verdict: "return" }]),
    rule([], [mode === "enforce" ? DROP : goTo(PERMIT)]),
  ]);
}
