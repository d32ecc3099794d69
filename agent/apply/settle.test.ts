import { onProbation } from "@bulkhead/shared/nft/probation.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import type { Ruleset } from "@bulkhead/shared/nft/ruleset.ts";
import { describe, expect, test } from "vitest";
import { fakeKernel } from "../kernel/fake.ts";
import type { TableInKernel } from "../kernel/kernel.ts";
import { primingRuleset, rulesetOf } from "./change.ts";
import { policyOfDb } from "./fixtures/policies.ts";
import { digestOf, type Generation } from "./generation.ts";
import { settle } from "./settle.ts";
import type { StateFiles } from "./state-store.ts";

function generation(web: string, stamp: number): Generation {
  const policy = policyOfDb({ web: [web] });
  return {
    digest: digestOf(policy),
    policy,
    facts: { names: {}, units: {}, users: {} },
    missing: [],
    stamp: { mask: 0xff000000, value: (stamp << 24) >>> 0 },
    log: { to: "kernel" },
    loadedAt: "2026-11-23T12:00:00.000Z",
  };
}

async function inKernel(ruleset: Ruleset, secondsLeft = 60): Promise<TableInKernel> {
  const kernel = fakeKernel({ secondsLeft });
  await kernel.nft.load(render(ruleset));
  const table = await kernel.nft.read();
  if (table === undefined) throw new Error("nothing was loaded");
  return table;
}

async function read(generation: Generation): Promise<Generation> {
  return { ...generation, listing: (await inKernel(rulesetOf(generation))).stableText };
}

function files(some: Partial<Record<keyof StateFiles, Generation | "damaged">>): StateFiles {
  const file = (content: Generation | "damaged" | undefined) => {
    if (content === undefined) return { kind: "absent" } as const;
    if (content === "damaged") return { kind: "damaged", why: "it is empty" } as const;
    return { kind: "generation", generation: content } as const;
  };
  return { current: file(some.current), previous: file(some.previous), pending: file(some.pending) };
}

const [A, B, C] = [generation("10.0.0.11", 1), generation("10.0.0.12", 2), generation("10.0.0.13", 3)];
const trial = { ...B, probation: { seconds: 60 }, listing: "read back" };
const sideBySide = onProbation({ next: rulesetOf(B), previous: rulesetOf(A), seconds: 60 });

/** What is said of a situation, in short. */
function said(state: StateFiles, table: TableInKernel | undefined) {
  const { held, trial, repair, notes } = settle(state, table);
  return {
    held: held?.digest,
    trial: trial?.generation.digest,
    repair: repair?.kind,
    notes: notes.map(({ code }) => code),
  };
}

const nothing = { held: undefined, trial: undefined, repair: undefined, notes: [] };

describe("without a pending policy", () => {
  test("nothing is known of a host without table and state", () => {
    expect(said(files({}), undefined)).toEqual(nothing);
  });

  test("the table says which policy it is", async () => {
    const table = await inKernel(rulesetOf(A));
    expect(said(files({ current: await read(A), previous: C }), table)).toEqual({
      ...nothing,
      held: A.digest,
    });
  });

  test("a table that is gone is said to be gone", () => {
    expect(said(files({ current: A }), undefined)).toEqual({ ...nothing, notes: ["apply/table-missing"] });
  });

  test("a current file that is damaged or missing leads to the one before it, where the kernel holds that", async () => {
    const table = await inKernel(rulesetOf(A));
    expect(said(files({ current: "damaged", previous: A }), table)).toEqual({
      ...nothing,
      held: A.digest,
      notes: ["apply/state-damaged"],
    });
    expect(said(files({ previous: A }), table)).toEqual({
      ...nothing,
      held: A.digest,
      notes: ["apply/state-damaged"],
    });
  });

  test("a table that no file knows goes on enforcing, and is said to be unknown", async () => {
    const table = await inKernel(rulesetOf(A));
    expect(said(files({ current: B, previous: C }), table)).toEqual({
      ...nothing,
      notes: ["apply/unknown-table"],
    });
    expect(said(files({}), table)).toEqual({ ...nothing, notes: ["apply/unknown-table"] });
  });
});

describe("with a pending policy", () => {
  test("it was not loaded where the kernel still holds the one before", async () => {
    const table = await inKernel(rulesetOf(A));
    expect(said(files({ current: await read(A), pending: B }), table)).toEqual({
      ...nothing,
      held: A.digest,
      repair: "drop",
      notes: ["apply/recovered"],
    });
  });

  test("it was loaded where the kernel holds it, also when the current file had been moved already", async () => {
    const table = await inKernel(rulesetOf(B));
    const finish = { ...nothing, held: B.digest, repair: "finish", notes: ["apply/recovered"] };
    expect(said(files({ current: A, pending: B }), table)).toEqual(finish);
    expect(said(files({ previous: A, pending: B }), table)).toEqual(finish);
  });

  test("the same policy loaded anew is told from the old one by its stamp", async () => {
    const again = { ...A, stamp: { mask: 0xff000000, value: 0x09000000 } };
    expect(said(files({ current: A, pending: again }), await inKernel(rulesetOf(again))).repair).toBe(
      "finish",
    );
    expect(said(files({ current: A, pending: again }), await inKernel(rulesetOf(A))).repair).toBe("drop");
  });

  test("a first apply that never came to its table leaves nothing to be done but to forget it", () => {
    expect(said(files({ pending: A }), undefined)).toEqual({
      ...nothing,
      repair: "drop",
      notes: ["apply/recovered"],
    });
  });

  test("a first apply that ended while conntrack was made to run leaves an open table, which is removed", async () => {
    const table = await inKernel(primingRuleset(A));
    expect(said(files({ pending: A }), table)).toEqual({
      ...nothing,
      repair: "remove-priming",
      notes: ["apply/recovered"],
    });
  });

  test("a damaged pending file is set aside; the kernel says what came of it", async () => {
    const table = await inKernel(rulesetOf(A));
    expect(said(files({ current: A, pending: "damaged" }), table)).toEqual({
      ...nothing,
      held: A.digest,
      repair: "set-aside",
      notes: ["apply/state-damaged"],
    });
  });
});

describe("with a policy on probation", () => {
  test("it is in force while its time runs, and the one before it is what it falls back to", async () => {
    const table = await inKernel(sideBySide);
    expect(said(files({ current: A, pending: trial }), table)).toEqual({
      ...nothing,
      held: A.digest,
      trial: B.digest,
    });
  });

  test("a confirm that ended before its load leaves it on probation", async () => {
    const { kind, generation } = settle(files({ current: A, pending: B }), await inKernel(sideBySide))
      .repair as {
      kind: string;
      generation: Generation;
    };
    expect([kind, generation.digest, generation.probation]).toEqual(["finish", B.digest, { seconds: 60 }]);
  });

  test("when its time is over the one before it is to be restored in plain form", async () => {
    const table = await inKernel(sideBySide, 0);
    expect(said(files({ current: A, pending: trial }), table)).toEqual({
      ...nothing,
      held: A.digest,
      repair: "fall-back",
      notes: ["apply/probation-lapsed"],
    });
  });

  test("without one before it, falling back removes the table", async () => {
    const alone = onProbation({ next: rulesetOf(B), previous: undefined, seconds: 60 });
    expect(said(files({ pending: trial }), await inKernel(alone))).toEqual({ ...nothing, trial: B.digest });
    const { repair } = settle(files({ pending: trial }), await inKernel(alone, 0));
    expect(repair).toEqual({ kind: "fall-back", to: undefined, mask: 0xff000000 });
  });

  test("a confirm that ended right after its load is finished", async () => {
    expect(said(files({ current: A, pending: trial }), await inKernel(rulesetOf(B)))).toMatchObject({
      held: B.digest,
      repair: "finish",
    });
  });

  test("a return that ended right after its load leaves only the pending file to be forgotten", async () => {
    expect(said(files({ current: A, pending: trial }), await inKernel(rulesetOf(A)))).toMatchObject({
      held: A.digest,
      repair: "drop",
    });
  });

  test("one that the state has lost track of is left to the kernel's clock", async () => {
    const table = await inKernel(sideBySide);
    for (const pending of [C, { ...C, probation: { seconds: 9 } }])
      expect(said(files({ current: A, pending }), table)).toEqual({
        ...nothing,
        held: A.digest,
        repair: "drop",
        notes: ["apply/recovered"],
      });
    expect(said(files({ current: A }), await inKernel(sideBySide, 0)).repair).toBe("fall-back");
  });

  test("a reboot ends it, and is said", () => {
    const loaded = { ...trial, listing: "table inet bulkhead {}" };
    expect(said(files({ current: A, pending: loaded }), undefined)).toEqual({
      ...nothing,
      repair: "drop",
      notes: ["apply/table-missing"],
    });
  });
});

test("a state of a newer version is not touched", () => {
  const newer = { ...files({}), previous: { kind: "newer", formatVersion: 9 } } as const;
  expect(() => settle(newer, undefined)).toThrow(expect.objectContaining({ code: "apply/state-newer" }));
});
