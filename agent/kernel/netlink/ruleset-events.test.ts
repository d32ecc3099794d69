import { expect, test } from "vitest";
import { bytesOf, decodeAll } from "../fixtures/event-bytes.ts";
import { NetlinkWriter } from "./netlink-writer.ts";
import * as nft from "./nftables-numbers.ts";
import { RulesetDecoder } from "./ruleset-events.ts";

/** Taken from a kernel's messages: a rule in chain `o`, and the end of the commit. */
const RULE = bytesOf(`
  6c000000 060a 000c 01000000 fe5d0000 01000004
  0d00 0100 62756c6b6865616400 000000
  0600 0200 6f00 0000
  0c00 0300 0000000000000005
  3000 0480
    2c00 0180
      0e00 0100 696d6d65646961746500 0000
      1c00 0280 0800 0100 00000000 1000 0280 0c00 0280 0800 0100 00000001
`);
const END = bytesOf(`
  2c000000 0f0a 0000 01000000 fe5d0000 00000004
  0800 0100 00000004
  0800 0200 00005dfe
  0800 0300 6e667400
`);

const decode = (...datagrams: readonly Uint8Array[]) =>
  decodeAll((view) => new RulesetDecoder(view), ...datagrams);

/** A message about a thing in a table; the name's attribute is a set's or rule's unless said otherwise. */
function change(
  kind: number,
  name: string,
  { table = "bulkhead", family = nft.NFPROTO_INET, nameAttribute = 2 } = {},
): Uint8Array {
  const writer = new NetlinkWriter();
  writer.message({ type: (nft.NFNL_SUBSYS_NFTABLES << 8) | kind, flags: 0, sequence: 1 }, () => {
    writer.raw(Uint8Array.of(family, 0, 0, 0));
    writer.text(nft.NFTA_TABLE_NAME, table);
    writer.text(nameAttribute, name);
  });
  return writer.written();
}

test("a commit ends with its number and who made it", () => {
  expect(decode(RULE, END)).toEqual([
    { generation: 4, by: { pid: 0x5dfe, name: "nft" }, ours: ["rule added in chain o"] },
  ]);
});

test("an old kernel says a number only, and a commit is not charged with the one before", () => {
  const bare = bytesOf("1c000000 0f0a 0000 01000000 fe5d0000 00000004 0800 0100 00000005");
  expect(decode(RULE, END, bare)[1]).toEqual({ generation: 5, by: undefined, ours: [] });
});

test("each thing has its words", () => {
  const said = decode(
    change(nft.NFT_MSG_NEWTABLE, "", { nameAttribute: 5 }),
    change(nft.NFT_MSG_NEWCHAIN, "c", { nameAttribute: nft.NFTA_CHAIN_NAME }),
    change(nft.NFT_MSG_DELCHAIN, "c", { nameAttribute: nft.NFTA_CHAIN_NAME }),
    change(nft.NFT_MSG_DELRULE, "c"),
    change(nft.NFT_MSG_NEWSET, "s"),
    change(nft.NFT_MSG_DELSET, "s"),
    change(nft.NFT_MSG_NEWSETELEM, "s"),
    change(nft.NFT_MSG_DELSETELEM, "s"),
    change(nft.NFT_MSG_NEWOBJ, "n"),
    change(nft.NFT_MSG_DELFLOWTABLE, "f"),
    END,
  );
  expect(said[0]?.ours).toEqual([
    "table added",
    "chain c added",
    "chain c removed",
    "rule removed in chain c",
    "set s added",
    "set s removed",
    "element added to set s",
    "element removed from set s",
    "object n added",
    "flowtable f removed",
  ]);
});

test("other tables, and a table of our name in another family, are not ours", () => {
  const others = [
    change(nft.NFT_MSG_NEWSET, "s", { table: "filter" }),
    change(nft.NFT_MSG_NEWSET, "s", { family: 2 }),
    change(nft.NFT_MSG_NEWTABLE, "", { table: "filter", nameAttribute: 5 }),
  ];
  expect(decode(...others, END)[0]?.ours).toEqual([]);
});

test("a huge commit is told of in at most twenty lines, the table first, the rest counted", () => {
  const many = Array.from({ length: 500 }, (_, index) => change(nft.NFT_MSG_DELRULE, `c${index % 100}`));
  const ours = decode(...many, change(nft.NFT_MSG_DELTABLE, "", { nameAttribute: 5 }), END)[0]?.ours ?? [];
  expect(ours).toHaveLength(20);
  expect(ours[0]).toBe("table removed");
  expect(ours[1]).toBe("rule removed in chain c0 (5 times)");
  expect(ours[19]).toBe("and 410 more");
});

test("after a loss, what is known of the commit so far is forgotten, since its end may be another's", () => {
  const bytes = Buffer.concat([RULE, END]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new RulesetDecoder(view);
  const ours: unknown[] = [];
  decoder.decode({ view, type: 0xa06, start: 16, end: RULE.length }, () => {});
  expect(decoder.dropped(3)).toBe(3);
  decoder.decode({ view, type: 0xa0f, start: RULE.length + 16, end: bytes.length }, (event) =>
    ours.push(event.ours),
  );
  expect(ours).toEqual([[]]);
});
