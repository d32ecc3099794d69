import { expect, test } from "vitest";
import { doubtsOf } from "./doubts.ts";

const JOINED = ["web-1", "db-1"].map((name, at) => ({
  ...{ name, addresses: [`10.0.0.${at + 1}`], managed: true },
  labels: { role: name.slice(0, -2) },
}));

function doubts(text: string) {
  return doubtsOf([{ name: "p.yaml", text }], JOINED, 1_000).map(
    ({ code, place: { line } }) => `${code}:${line}`,
  );
}

test("rules are judged on the hosts that have joined, and each doubt is told once, in the order of the text", () => {
  const text = `segments:
  web: { select: "role=web" }
  db: { select: "role=db", mode: observe }
  lost: { select: "role=lost" }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
  - { name: again, allow: tcp/5432, from: web, to: db }
  - { name: nobody, allow: tcp/22, from: lost, to: db }
  - { name: gone, allow: tcp/80, from: web, to: db, expires: 1970-01-01T00:00:00Z }
`;
  expect(doubts(text)).toEqual([
    "policy/observed-segment:3",
    "policy/redundant-rule:7",
    "policy/rule-never-matches:8",
    "policy/expired-rule:9",
  ]);
});

test("of text that is no policy nothing is said here, as its errors come first", () => {
  expect(doubts("segments: nonsense")).toEqual([]);
});
