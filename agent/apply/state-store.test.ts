import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { policyOfDb } from "./fixtures/policies.ts";
import { digestOf, type Generation } from "./generation.ts";
import { encodeState } from "./state-file.ts";
import { StateStore } from "./state-store.ts";

let directory: string;
let store: StateStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-store-"));
  store = new StateStore(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function generation(web: string, stamp: number): Generation {
  const policy = policyOfDb({ web: [web] });
  return {
    digest: digestOf(policy),
    policy,
    facts: { names: {}, units: {}, users: {} },
    missing: [],
    stamp: { mask: 0xff000000, value: stamp << 24 },
    log: { to: "kernel" },
    loadedAt: "2026-11-23T12:00:00.000Z",
  };
}

const A = generation("10.0.0.11", 1);
const B = generation("10.0.0.12", 2);

function digests(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(store.read()).map(([name, file]) => [
      name,
      file.kind === "generation" ? file.generation.digest : file.kind,
    ]),
  );
}

test("a promoted policy is the current one, and the current one the previous", () => {
  store.promote(A);
  store.writePending(B, 1000);
  store.promote(B);
  expect(digests()).toEqual({ current: B.digest, previous: A.digest, pending: "absent" });
});

test("the same policy loaded anew leaves the previous one, so that rollback leads somewhere", () => {
  store.promote(A);
  store.promote(B);
  store.promote({ ...B, stamp: { mask: 0xff000000, value: 0x03000000 } });
  expect(digests()).toMatchObject({ current: B.digest, previous: A.digest });
});

test("a promotion that was interrupted between its two renames is repeated to the same end", () => {
  store.promote(A);
  store.writePending(B, 1000);
  rmSync(join(directory, "previous.json"), { force: true });
  writeFileSync(join(directory, "previous.json"), encodeState(A));
  rmSync(join(directory, "current.json"));
  store.promote(B);
  expect(digests()).toEqual({ current: B.digest, previous: A.digest, pending: "absent" });
});

test("a damaged file does not take the place of the previous policy; it is kept aside", () => {
  store.promote(A);
  store.promote(B);
  writeFileSync(join(directory, "current.json"), "{");
  store.promote(A);
  expect(digests()).toMatchObject({ current: A.digest, previous: A.digest });
  expect(existsSync(join(directory, "current.json.damaged"))).toBe(true);
});

test("room is set aside before the kernel is touched, and given back afterwards", () => {
  store.writePending(A, 5000);
  expect(readdirSync(directory).sort()).toEqual(["pending.json", "reserve"]);
  store.promote(A);
  expect(readdirSync(directory).sort()).toEqual(["current.json", "current.nft"]);
});

test("a file that cannot be written is refused with its code and leaves nothing behind", () => {
  mkdirSync(join(directory, "pending.json.new"));
  expect(() => store.writePending(A, 10)).toThrow(
    expect.objectContaining({ code: "apply/state-unwritable" }),
  );
  expect(digests().pending).toBe("absent");
  expect(existsSync(join(directory, "reserve"))).toBe(false);
});

test("what a boot loads is mended where it is missing or another text, and left alone where it is right", () => {
  store.promote(A);
  store.promote(B);
  const texts = () =>
    ["current.nft", "previous.nft"].map((file) => readFileSync(join(directory, file), "utf8"));
  const right = texts();
  expect(right[0]).not.toBe(right[1]);
  expect(store.repairBoot()).toEqual([]);
  writeFileSync(join(directory, "current.nft"), "# bulkhead-boot 2 …");
  rmSync(join(directory, "previous.nft"));
  expect(store.repairBoot()).toEqual(["current", "previous"]);
  expect(texts()).toEqual(right);
});

test("a floor is there for a boot as long as one is configured", () => {
  store.keepFloor(undefined);
  store.keepFloor(A);
  expect(readFileSync(join(directory, "floor.nft"), "utf8")).toContain("10.0.0.11");
  store.keepFloor(undefined);
  expect(readdirSync(directory)).toEqual([]);
});

test("clear removes every file of ours and no other", () => {
  store.keepFloor(A);
  store.promote(A);
  store.promote(B);
  store.writePending(A, 10);
  store.setAside("pending");
  store.writeLooks({});
  writeFileSync(join(directory, "notes.txt"), "not ours");
  store.clear();
  expect(readdirSync(directory)).toEqual(["notes.txt"]);
});

test("looks that cannot be read are none", () => {
  expect(store.readLooks()).toBeUndefined();
  writeFileSync(join(directory, "looks.json"), "{");
  expect(store.readLooks()).toBeUndefined();
});
