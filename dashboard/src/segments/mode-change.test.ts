import { expect, test } from "vitest";
import { resolveFiles } from "../policy/served-policy.ts";
import type { ModeAsked } from "./mode-change.ts";
import { type AskedChange, modeChange, nextMode } from "./mode-change.ts";

const TEXT = `segments:
  db: { select: "role=db", mode: observe } # closed in spring
  prod: { select: "env=prod", mode: enforce }
  quiet: { select: "role=quiet" }
`;
const host = (name: string, labels: Record<string, string>) => ({
  ...{ name, labels, managed: true },
  addresses: [`10.0.0.${name.length}`],
});
const JOINED = [host("db-1", { role: "db" }), host("db-prod", { role: "db", env: "prod" })];
const BOTH = { ingress: "observe", egress: "observe" } as const;

function asked(segment: string, mode: ModeAsked["mode"], direction?: ModeAsked["direction"]): AskedChange {
  const files = [{ name: "shop.yaml", text: TEXT }];
  const before = resolveFiles(files, JOINED, 0);
  if (before instanceof Error) throw before;
  return modeChange(segment, { mode, direction }, { files, joined: JOINED, before });
}

test("hosts that get another mode are named, and of those that keep theirs the segment that is stricter", () => {
  const change = asked("db", "enforce");
  expect(change).toMatchObject({
    kind: "change",
    moved: [{ name: "db-1", before: BOTH, after: { ingress: "enforce", egress: "enforce" } }],
    kept: [{ name: "db-prod", modes: { ingress: "enforce", egress: "enforce" }, by: [] }],
  });
  expect(asked("db", "off")).toMatchObject({
    moved: [{ name: "db-1", after: { ingress: "off", egress: "off" } }],
    kept: [{ name: "db-prod", by: ["prod"] }],
  });
});

test("the text changes at its place alone, for one direction where one is meant", () => {
  const change = asked("db", "enforce", "ingress");
  expect(change.kind === "change" && change.files[0]?.text).toBe(
    TEXT.replace("mode: observe", "mode: { ingress: enforce, egress: observe }"),
  );
  expect(change).toMatchObject({
    moved: [{ name: "db-1", after: { ingress: "enforce", egress: "observe" } }],
  });
});

test("what it says already, and what is no such segment, is told as that", () => {
  expect(asked("db", "observe")).toEqual({ kind: "same" });
  expect(asked("dc", "observe")).toMatchObject({ kind: "problem", words: expect.stringContaining("'db'") });
});

test("the next mode is one step stricter, for the direction that is behind", () => {
  const next = (ingress: ModeAsked["mode"], egress: ModeAsked["mode"]) => nextMode({ ingress, egress });
  expect(next("off", "off")).toEqual({ mode: "observe", direction: undefined });
  expect(next("observe", "observe")).toEqual({ mode: "enforce", direction: undefined });
  expect(next("enforce", "observe")).toEqual({ mode: "enforce", direction: "egress" });
  expect(next("off", "enforce")).toEqual({ mode: "observe", direction: "ingress" });
  expect(next("enforce", "enforce")).toBeUndefined();
});
