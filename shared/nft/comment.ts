/** Comments and log prefixes: texts of the policy inside nft's quotes, which cannot be escaped. */

import type { RuleRef } from "../rules/host-policy.ts";
import { shortHash } from "./names.ts";

/** NFTNL_UDATA_COMMENT_MAXLEN, without the final zero. */
export const LONGEST_COMMENT = 127;

/** What a rule is called in the kernel: `orders shop.yaml:12`, or only its place where it has no other name. */
export function ruleComment(ref: RuleRef): string {
  const place = `${ref.file}:${ref.line}`;
  return quotable(ref.name === place ? place : `${ref.name} ${place}`, LONGEST_COMMENT);
}

/** A text that may stand between quotes: no quotes, no control characters, at most so many bytes; what had to be cut ends in a hash of the whole. */
export function quotable(text: string, longest: number): string {
  const safe = text
    .toWellFormed()
    .replaceAll('"', "'")
    // nft ends a quoted string at a newline, and its scanner takes a backslash at the end for part of the quote, and a dollar in a log prefix for a variable.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\$]/gu, "?");
  if (bytesOf(safe) <= longest) return safe;
  const hash = `~${shortHash(text)}`;
  return cutBytes(safe, longest - hash.length) + hash;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The longest beginning that fits, whole characters only. */
function cutBytes(text: string, longest: number): string {
  let bytes = 0;
  let cut = "";
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > longest) break;
    cut += character;
  }
  return cut;
}
