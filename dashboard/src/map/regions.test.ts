import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { linksOf } from "./network.ts";
import { type Member, regionsOf } from "./regions.ts";

const member = fc.record({
  name: fc.string({ minLength: 1, maxLength: 8 }),
  isHost: fc.boolean(),
  segment: fc.option(fc.constantFrom("web", "db", "backup", "office"), { nil: undefined }),
});
const estate = fc.uniqueArray(member, { selector: ({ name }) => name, maxLength: 80 });

test.prop([estate, fc.infiniteStream(fc.nat())])(
  "the same estate looks the same, in whatever order it is told",
  (members, picks) => {
    const shuffled = members
      .map((one) => ({ one, at: picks.next().value ?? 0 }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one);
    expect(regionsOf(shuffled)).toEqual(regionsOf(members));
  },
);

test.prop([estate])("regions do not overlap, and each host is in its own", (members) => {
  const regions = regionsOf(members);
  for (const [at, a] of regions.entries()) {
    for (const { x, y } of a.members) expect(Math.hypot(x - a.x, y - a.y)).toBeLessThan(a.radius);
    for (const b of regions.slice(at + 1))
      expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(a.radius + b.radius);
  }
  const placed = regions.flatMap((region) => region.members).length;
  expect(placed).toBe(members.length);
});

test("edges of one pair go together by what they say, between hosts and between segments; the worst is drawn last", () => {
  const members: Member[] = [
    { name: "web-1", segment: "web", isHost: true },
    { name: "web-2", segment: "web", isHost: true },
    { name: "db-1", segment: "db", isHost: true },
  ];
  const edge = { connections: 2, bytes: 100 };
  const to = { host: "db-1", segment: "db" };
  const links = linksOf(
    [
      { ...edge, source: { host: "web-1" }, destination: to, service: "tcp/22", look: "deny" },
      { ...edge, source: { host: "web-1" }, destination: to, service: "tcp/5432", look: "allow" },
      { ...edge, source: { host: "web-1" }, destination: to, service: "tcp/443", look: "allow" },
      { ...edge, source: { host: "web-2" }, destination: to, service: "tcp/5432", look: "allow" },
      {
        ...edge,
        source: { host: "web-1" },
        destination: { host: "web-2" },
        service: "tcp/80",
        look: "allow",
      },
    ],
    regionsOf(members),
  );
  const told = links.map(({ source, target, look, connections, services }) =>
    [source, target, look, connections, [...services].join()].join(" "),
  );
  expect(told).toEqual([
    "host web-1 host db-1 allow 4 tcp/5432,tcp/443",
    "segment web segment db allow 6 tcp/5432,tcp/443",
    "host web-2 host db-1 allow 2 tcp/5432",
    "host web-1 host web-2 allow 2 tcp/80",
    "host web-1 host db-1 deny 2 tcp/22",
    "segment web segment db deny 2 tcp/22",
  ]);
});
