import { expect, test } from "vitest";
import { countersOf, objectsOf, readJson, secondsLeft, stableText } from "./listing.ts";

const LISTING = `table inet bulkhead {
	set web_4 {
		type ipv4_addr
		elements = { 10.0.0.1, 10.0.0.2, 10.0.0.3 }
	}

	set probation {
		type mark
		flags timeout
		elements = { 0x00000000 timeout 1m }
	}

	chain input {
		type filter hook input priority filter + 10; policy accept;
		meta mark & 0x00000000 @probation goto next_input comment "timeout elements = { x }"
	}
}
`;

test("only the elements that pass by themselves are left out", () => {
  expect(stableText(LISTING)).toBe(LISTING.replace("\t\telements = { 0x00000000 timeout 1m }\n", ""));
});

test("a table without timeouts stays as it is", () => {
  const plain = LISTING.replace(/\tset probation [^}]*\}\n\t\}\n\n/, "").replace(/ comment ".*"/, "");
  expect(plain).not.toContain("timeout");
  expect(stableText(plain)).toBe(plain);
});

test("the elements of a set are on one line, however nft breaks them", () => {
  const broken = LISTING.replace("10.0.0.2, 10", "10.0.0.2,\n\t\t\t     10");
  expect(broken).not.toBe(LISTING);
  expect(stableText(broken)).toBe(stableText(LISTING));
});

test.each(["", "[]", "{}", '{"nftables": 5}', "nonsense"])(
  "JSON that is not nft's is refused: %j",
  (text) => {
    expect(() => readJson(text)).toThrow(expect.objectContaining({ code: "kernel/nft-unreadable" }));
  },
);

const listed = readJson(
  JSON.stringify({
    nftables: [
      { metainfo: { version: "1.0.6" } },
      { table: { family: "inet", name: "bulkhead" } },
      { set: { name: "web_4", type: "ipv4_addr" } },
      { map: { name: "ports", type: "inet_service", map: "verdict" } },
      { chain: { name: "input", hook: "input" } },
      { chain: { name: "permit" } },
      {
        rule: {
          chain: "input",
          comment: "orders",
          expr: [{ counter: { packets: 3, bytes: 180 } }, { accept: null }],
        },
      },
      { rule: { chain: "input", comment: "no counter", expr: [{ accept: null }] } },
      { rule: { chain: "input", expr: [{ counter: { packets: 1, bytes: 60 } }] } },
      { set: { name: "probation", elem: [{ elem: { val: 0, timeout: 60, expires: 41 } }] } },
    ],
  }),
);

test("names are sorted by kind, base chains told apart", () => {
  expect(objectsOf(listed)).toEqual({
    sets: ["web_4", "probation"],
    maps: ["ports"],
    chains: [
      { name: "input", base: true },
      { name: "permit", base: false },
    ],
  });
});

test("counters are those of rules with a counter and a comment", () => {
  expect(countersOf(listed)).toEqual([{ chain: "input", comment: "orders", packets: 3, bytes: 180 }]);
});

test("the clock shows what is left, and 0 where it has run down", () => {
  expect(secondsLeft(listed)).toBe(41);
  expect(secondsLeft(readJson('{"nftables": [{"set": {"name": "probation"}}]}'))).toBe(0);
});
