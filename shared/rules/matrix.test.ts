import { expect, test } from "vitest";
import { matrix } from "./matrix.ts";
import { resolved } from "./testing/policies.ts";

const POLICY = `
segments:
  web: { select: role=web }
  db: { select: role=db }
  lab: { select: role=lab, mode: { ingress: observe } }
  none: { select: role=none }
  office: { addresses: [198.51.100.0/24] }
rules:
  - { allow: tcp/5432, from: web, to: db }
  - { allow: [tcp/80, tcp/443], from: any, to: 10.0.0.11 }
  - { allow: tcp/25, from: { segment: web, unit: mail.service }, to: any }
  - { allow: tcp/22, from: 192.0.2.9, to: db }
  - { deny: tcp/443, from: office, to: any }
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web } }
  web-2: { addresses: [10.0.0.12], labels: { role: web } }
  db-1: { addresses: [10.0.0.21], labels: { role: db } }
  lab-1: { addresses: [10.0.0.31], labels: { role: lab } }
`;

const { ends, entries } = matrix(resolved(POLICY));
const entry = (from: string, to: string) => entries.find((one) => one.from === from && one.to === to);

test("rows and columns are the policy's segments, in its order, and the rest of the world", () => {
  expect(ends).toEqual(["web", "db", "lab", "none", "office", "any other address"]);
});

test("what all members may send to all is told from what only some may", () => {
  expect(entry("web", "db")).toMatchObject({ all: ["tcp/5432"], some: [], wouldDeny: [] });
  expect(entry("office", "web")).toMatchObject({ all: [], some: ["tcp/80"] });
  expect(entry("db", "web")).toMatchObject({ all: [], some: ["tcp/80", "tcp/443"] });
  expect(entry("any other address", "db")).toMatchObject({ all: [], some: ["tcp/22"] });
});

test("what only a named unit may send is told apart", () => {
  expect(entry("web", "office")).toMatchObject({ all: [], some: [], narrowed: ["tcp/25"] });
});

test("what passes because a host only observes is marked", () => {
  expect(entry("office", "lab")).toMatchObject({ all: ["all"], wouldDeny: ["all"] });
});

test("where nothing passes, nobody is, or nobody judges, there is no entry", () => {
  expect(entry("db", "office")).toBeUndefined();
  expect(entry("none", "web")).toBeUndefined();
  expect(entry("office", "any other address")).toBeUndefined();
});

test("a segment of one host does not talk to itself", () => {
  expect(entry("db", "db")).toBeUndefined();
  expect(entry("web", "web")).toMatchObject({ some: ["tcp/80", "tcp/443"] });
});
