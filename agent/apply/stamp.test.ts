import { expect, test } from "vitest";
import type { ConntrackEntry } from "../kernel/kernel.ts";
import { chooseStamp, maskProblem } from "./stamp.ts";

const TOP_BYTE = 0xff000000;

function bearing(mark: number): ConntrackEntry {
  const ends = { source: "10.0.0.1", destination: "10.0.0.2", protocol: 6, sourcePort: 40000, service: 443 };
  return { ...ends, mark, replied: true, pickedUp: false };
}

function chosen(mask: number, inUse: readonly number[], marks: readonly number[]): number {
  const stamps = inUse.map((value) => ({ mask, value }));
  return chooseStamp({ mask, inUse: stamps, entries: marks.map(bearing) }).stamp.value;
}

test("the first stamp is 1, and never 0", () => {
  expect(chosen(TOP_BYTE, [], [])).toBe(0x01000000);
  expect(chosen(TOP_BYTE, [0xff000000], [])).toBe(0x01000000);
});

test("the next one follows the one in use", () => {
  expect(chosen(TOP_BYTE, [0x05000000], [])).toBe(0x06000000);
});

test("what some entry bears is passed over, whatever the other bits of its mark are", () => {
  expect(chosen(TOP_BYTE, [0x05000000], [0x06000abc, 0x07000000])).toBe(0x08000000);
});

test("an agent that has forgotten everything does not choose what entries bear", () => {
  expect(chosen(TOP_BYTE, [], [0x01000000, 0x02000000])).toBe(0x03000000);
});

test("during a probation neither of the two stamps is chosen", () => {
  expect(chosen(TOP_BYTE, [0x05000000, 0x06000000], [])).toBe(0x07000000);
});

test("it keeps to the mask, also where that is the lowest or the highest bits", () => {
  expect(chosen(0x0000000f, [0xf], [])).toBe(0x1);
  expect(chosen(0xf0000000, [0xe0000000], [])).toBe(0xf0000000);
});

test("a mask of all bits is no more work than another", () => {
  expect(chosen(0xffffffff, [0xffffffff], [1])).toBe(2);
});

test("where every value is borne, the one with the fewest bearers is taken, and they are named", () => {
  const marks = Array.from({ length: 15 }, (_, at) => at + 1).flatMap((value) =>
    value === 9 ? [value] : [value, value],
  );
  const choice = chooseStamp({ mask: 0xf, inUse: [{ mask: 0xf, value: 3 }], entries: marks.map(bearing) });
  expect(choice.stamp.value).toBe(9);
  expect(choice.bearers).toHaveLength(1);
});

test("the stamp in use is never chosen again, however few bear it", () => {
  const marks = Array.from({ length: 15 }, (_, at) => at + 1).filter((value) => value !== 3);
  expect(chosen(0xf, [3], marks)).not.toBe(3);
});

test("a mask has at least four bits, next to one another", () => {
  for (const good of [0xff000000, 0xf, 0xffffffff, 0x0ff00000]) expect(maskProblem(good)).toBeUndefined();
  for (const bad of [0, 0x7, 0xe0000000, 0xf0f, -1, 0.5, 0x1_0000_0000])
    expect(maskProblem(bad)).toBeDefined();
});
