/** The table says of itself what it is, so that an agent that has forgotten everything recognises it. */

import { chain, rule } from "./build.ts";
import { LONGEST_COMMENT, quotable } from "./comment.ts";
import type { ChainNode, Stamp } from "./ruleset.ts";

export const ABOUT = "about";

/** What a table says of itself. */
export interface About {
  readonly digest: string;
  readonly host: string;
}

export interface AboutTable extends About {
  readonly stamp: Stamp;
}

/** A chain that nothing leads to. */
export function aboutChain({ digest, host }: About): ChainNode {
  const comment = quotable(`policy ${digest} host ${host}`, LONGEST_COMMENT);
  return chain(ABOUT, undefined, [rule([], [{ kind: "continue" }], comment)]);
}

/**
 * Reads it back from the text of `nft list table`; undefined where the table does not say it (then it is not of ours, or of another version).
 * @param prefix of the chains, where two rulesets stand side by side
 */
export function readAbout(listing: string, prefix = ""): AboutTable | undefined {
  const about = new RegExp(
    `\\tchain ${prefix}${ABOUT} \\{\\n\\t\\tcontinue comment "policy (\\S+) host ([^"\\n]*)"\\n`,
  ).exec(listing);
  const permit = new RegExp(
    `\\tchain ${prefix}permit \\{\\n\\t\\tct mark set ct mark & 0x([0-9a-f]{8}) \\| 0x([0-9a-f]{8}) accept\\n`,
  ).exec(listing);
  const [, digest, host] = about ?? [];
  const [, kept, value] = permit ?? [];
  if (digest === undefined || host === undefined || kept === undefined || value === undefined)
    return undefined;
  return { digest, host, stamp: readStamp(Number.parseInt(kept, 16), Number.parseInt(value, 16)) };
}

/** nft prints `mark & (~mask | value) | value`. */
function readStamp(kept: number, value: number): Stamp {
  return { mask: (~kept | value) >>> 0, value };
}
