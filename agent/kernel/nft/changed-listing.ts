/** What nft would list after a change of members: the listing from before, edited. A test holds it to nft's own words. */

import { type Address, compareAddresses, parseAddress } from "@bulkhead/shared/net/address.ts";
import { ABOUT } from "@bulkhead/shared/nft/about.ts";
import type { MemberChanges, SetChange, Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import { CURRENT, PERMIT } from "@bulkhead/shared/nft/stamp-chains.ts";

const BLOCK_END = "\n\t}\n";
const ELEMENTS = /\n\t\telements = \{ ([^}]*) \}$/;

/** @param listing as `stableText` gives it. Undefined where that is not certain: then nft has to be asked. */
export function changedListing(
  listing: string,
  { add, remove, stamp, about }: MemberChanges,
): string | undefined {
  const steps: readonly ((text: string) => string | undefined)[] = [
    ...remove.map((change) => (text: string) => withoutElements(text, change)),
    ...add.map((change) => (text: string) => withElements(text, change)),
    ...(stamp === undefined ? [] : [(text: string) => withStamp(text, stamp)]),
    ...(about === undefined ? [] : [(text: string) => withAbout(text, about)]),
  ];
  return steps.reduce<string | undefined>((text, step) => text && step(text), listing);
}

function withoutElements(text: string, change: SetChange): string | undefined {
  const gone = new Set(textsOf(change) ?? []);
  return inBlock(text, `set ${change.set}`, (block) =>
    withTexts(block, (before) => {
      const left = before.filter((element) => !gone.has(element));
      return before.length - left.length === change.elements.length ? left : undefined;
    }),
  );
}

function withElements(text: string, change: SetChange): string | undefined {
  const added = textsOf(change);
  return (
    added &&
    inBlock(text, `set ${change.set}`, (block) => withTexts(block, (before) => merged(before, added)))
  );
}

/** As nft prints them; undefined for what it prints in a way of its own: sets of other things, and IPv6 that may end in dots (RFC 5952, section 5). */
function textsOf({ type, elements }: SetChange): readonly string[] | undefined {
  if (type !== "ipv4_addr" && type !== "ipv6_addr") return undefined;
  const texts = elements.flatMap((element) => (element.kind === "address" ? [element.address] : []));
  const isPlain = texts.length === elements.length && texts.every((text) => !text.startsWith("::"));
  return isPlain ? texts : undefined;
}

function withTexts(
  block: string,
  change: (texts: readonly string[]) => readonly string[] | undefined,
): string | undefined {
  const found = ELEMENTS.exec(block);
  const texts = change(found?.[1]?.split(", ") ?? []);
  const head = found === null ? block : block.slice(0, found.index);
  if (texts === undefined || texts.length === 0) return texts && head;
  return `${head}\n\t\telements = { ${texts.join(", ")} }`;
}

/** nft lists addresses by their value. */
function merged(before: readonly string[], added: readonly string[]): readonly string[] | undefined {
  const texts = [...before];
  for (const text of added) {
    const at = placeOf(text, texts);
    if (at === undefined) return undefined;
    texts.splice(at, 0, text);
  }
  return texts;
}

function placeOf(text: string, sorted: readonly string[]): number | undefined {
  const wanted = parseAddress(text);
  if (wanted === undefined) return undefined;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const there: Address | undefined = parseAddress(sorted[middle] ?? "");
    if (there === undefined || sorted[middle] === text) return undefined;
    if (compareAddresses(there, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `ct mark 0x05000000/8` where the mask is a prefix, `ct mark & 0x00ff0000 == 0x00050000` where it is not. */
const STAMPED = /(ct mark (?:& 0x[0-9a-f]{8} == )?)0x[0-9a-f]{8}((?:\/\d+)? accept)$/gm;

function withStamp(text: string, { mask, value }: Stamp): string | undefined {
  const current = inBlock(text, `chain ${CURRENT}`, (block) => {
    const rules = block.match(/ accept$/gm)?.length;
    return block.match(STAMPED)?.length === rules ? block.replace(STAMPED, `$1${hex(value)}$2`) : undefined;
  });
  const mark = `ct mark set ct mark & ${hex(~mask | value)} | ${hex(value)} accept`;
  const pattern = /ct mark set ct mark & 0x[0-9a-f]{8} \| 0x[0-9a-f]{8} accept/;
  return current && inBlock(current, `chain ${PERMIT}`, (block) => replaced(block, pattern, mark));
}

function withAbout(text: string, about: string): string | undefined {
  return inBlock(text, `chain ${ABOUT}`, (block) =>
    replaced(block, /continue comment "[^"]*"/, `continue comment "${about}"`),
  );
}

function replaced(block: string, pattern: RegExp, by: string): string | undefined {
  return pattern.test(block) ? block.replace(pattern, () => by) : undefined;
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
}

/** Changes what stands between a heading and its end. */
function inBlock(
  text: string,
  heading: string,
  change: (block: string) => string | undefined,
): string | undefined {
  const begin = text.indexOf(`\n\t${heading} {\n`);
  const end = begin < 0 ? -1 : text.indexOf(BLOCK_END, begin + 1);
  const block = end < 0 ? undefined : change(text.slice(begin, end));
  return block && text.slice(0, begin) + block + text.slice(end);
}
