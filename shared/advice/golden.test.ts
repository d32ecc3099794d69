/** Suggestions as people read them. UPDATE_GOLDEN=1 writes them anew; nothing pure can read a file, but its test can. */

import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parsePolicy } from "../policy/parse.ts";
import { NOW, SEGMENTS, seen, suggested } from "./testing/estates.ts";

/** A shop with monitoring and customers; a host that does what no other does, an intruder, a host that makes things up, a scan. */
const SHOP = [
  ...["web-1", "web-2", "web-3"].flatMap((web) => [
    ...["api-1", "api-2"].map((api) => seen(`${web} ${api} 8080`)),
    ...["198.51.100.7", "192.0.2.44"].map((customer) => seen(`${customer} ${web} 443`)),
  ]),
  ...["api-1 db-1", "api-2 db-1", "api-9 db-9"].map((pair) =>
    seen(`${pair} 5432`, { unit: "shop.service", listener: "postgresql.service" }),
  ),
  ...["web-1", "web-2", "web-3", "api-1", "api-2", "db-1"].map((host) => seen(`mon-1 ${host} 9100`)),
  seen("web-2 db-1 5432"),
  seen("203.0.113.9 db-1 5432", { connections: 3 }),
  seen("web-3 db-1 3306", { by: "source", connections: 500 }),
  ...Array.from({ length: 14 }, (_, at) => seen(`api-1 web-1 ${7000 + at * 3}`, { connections: 1 })),
  seen("mon-1 db-1 25", { connections: 1, start: NOW - 10 }),
];

test.each([
  ["without-policy", "", {}],
  ["with-policy", SEGMENTS, {}],
  ["with-units", SEGMENTS, { units: true, segment: "db" }],
] as const)("%s.yaml: what is suggested for a shop", (name, policy, options) => {
  const { text } = suggested(policy, SHOP, options);
  const path = new URL(`golden/${name}.yaml`, import.meta.url);
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
  const files = [
    { name: "policy.yaml", text: policy },
    { name: "suggested.yaml", text },
  ].filter((file) => file.text !== "");
  expect(parsePolicy(files).problems).toEqual([]);
});
