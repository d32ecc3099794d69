import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { parseRange } from "@bulkhead/shared/net/range.ts";
import { expect, test } from "vitest";
import { decide, type Grant } from "./grant.ts";

const now = Date.parse("2026-11-23T12:00:00Z");

function grant(difference: Partial<Omit<Grant, "blocks">> & { blocks?: string[] } = {}): Grant {
  const { blocks = ["10.0.0.0/24", "fd00::/64"], ...rest } = difference;
  return { labels: { role: "web" }, uses: 2, used: 0, expires: now + 1, ...rest, blocks: blocks.map(range) };
}

function range(text: string) {
  const read = parseRange(text);
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

function from(...texts: string[]) {
  return { now, addresses: texts.map((text) => parseAddress(text) ?? { family: 4 as const, value: 0n }) };
}

test("a host whose addresses are all inside joins, to the last use and the last moment", () => {
  expect(decide(grant(), from("10.0.0.7", "fd00::7"))).toEqual({ allowed: true });
  expect(decide(grant({ used: 1 }), from("10.0.0.255"))).toEqual({ allowed: true });
});

test.each([
  [
    "an expired token",
    grant({ expires: now }),
    from("10.0.0.7"),
    "the token expired at 2026-11-23T12:00:00.000Z, and the server's clock says 2026-11-23T12:00:00.000Z",
  ],
  [
    "a token that was used up",
    grant({ used: 2 }),
    from("10.0.0.7"),
    "the token was for 2 hosts, and 2 joined with it",
  ],
  [
    "one address outside",
    grant(),
    from("10.0.0.7", "10.0.1.7", "fd01::1"),
    "the token allows addresses in 10.0.0.0/24, fd00::/64, and the host has 10.0.1.7, fd01::1",
  ],
  [
    "the other family's number",
    grant({ blocks: ["::/96"] }),
    from("0.0.0.1"),
    "the token allows addresses in ::/96, and the host has 0.0.0.1",
  ],
  [
    "a token without blocks",
    grant({ blocks: [] }),
    from("10.0.0.7"),
    "the token allows addresses in none, and the host has 10.0.0.7",
  ],
  ["a host without addresses", grant(), from(), "the host names no address of its own"],
  [
    "everything at once",
    grant({ uses: 1, used: 1, expires: now - 1_000 }),
    from("192.0.2.1"),
    "the token expired at 2026-11-23T11:59:59.000Z, and the server's clock says 2026-11-23T12:00:00.000Z; the token was for 1 host, and 1 joined with it; the token allows addresses in 10.0.0.0/24, fd00::/64, and the host has 192.0.2.1",
  ],
])("%s is told in words", (_, given, request, why) => {
  expect(decide(given, request)).toEqual({ allowed: false, why });
});

test("a long list is told with its length", () => {
  const many = Array.from({ length: 300 }, (_, at) => `192.0.${at >> 8}.${at & 255}`);
  expect(decide(grant(), from(...many))).toMatchObject({
    why: expect.stringMatching(/192\.0\.0\.4 and 295 more$/),
  });
});
