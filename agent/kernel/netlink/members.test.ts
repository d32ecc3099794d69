import { execFileSync } from "node:child_process";
import { memberChanges } from "@bulkhead/shared/nft/changes.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import type { Element, MemberChanges, Ruleset, Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import { fc } from "@fast-check/vitest";
import { afterAll, expect, test } from "vitest";
import { testCgroups } from "../fixtures/cgroups.ts";
import { describeInNamespace } from "../fixtures/own-namespace.ts";
import { addresses, freshLoad, hosts, NO_CHANGES, ruleset, type SetOf } from "../fixtures/rulesets.ts";
import { realKernel } from "../real.ts";

const cgroups = testCgroups(3);
afterAll(() => cgroups[Symbol.dispose]());

/** All that a set of each type may hold in these tests; a state is a choice of them. */
const UNIVERSE = {
  web_4: { type: "ipv4_addr", elements: range(40, (i) => `10.0.0.${i}`) },
  "db-1_6": { type: "ipv6_addr", elements: range(40, (i) => `fd00::${i.toString(16)}`) },
  "unit_web.service": { type: "cgroupsv2", elements: cgroups.elements },
  user_web: {
    type: "uid",
    elements: [0, 33, 1000, 65534, 0xfffffffe].map((uid): Element => ({ kind: "uid", uid })),
  },
  // More than one message can hold, in either family; less than nft can load inside a user namespace.
  crowd_4: {
    type: "ipv4_addr",
    elements: range(4_000, (i) => `10.${100 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`),
  },
  crowd_6: { type: "ipv6_addr", elements: range(2_300, (i) => `2001:db8::${i.toString(16)}`) },
} satisfies Readonly<Record<string, SetOf>>;

type SetName = keyof typeof UNIVERSE;
const NAMES = Object.keys(UNIVERSE) as readonly SetName[];

function range(count: number, text: (index: number) => string): readonly Element[] {
  return addresses(...Array.from({ length: count }, (_, index) => text(index)));
}

/** A state: which part of each universe is in its set, in an order of its own. */
const chosen = fc.record(
  Object.fromEntries(
    NAMES.map((name) => {
      const elements: readonly Element[] = UNIVERSE[name].elements;
      const some = fc.shuffledSubarray([...elements], { maxLength: Math.min(12, elements.length) });
      // Mostly few, sometimes all: most of a crowd at once.
      return [
        name,
        fc.oneof({ weight: 5, arbitrary: some }, { weight: 1, arbitrary: fc.constant(elements) }),
      ];
    }),
  ),
);

const MASKS = [0xff000000, 0x000000f0, 0x00ffff00, 0xffffffff, 0xf0000000];
const stamps = fc.record({
  mask: fc.constantFrom(...MASKS),
  values: fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1 }),
});

function stampOf(mask: number, value: number): Stamp {
  return { mask, value: (value * ((mask & -mask) >>> 0)) >>> 0 };
}

describeInNamespace("changes of members over netlink", import.meta.url, () => {
  const kernel = realKernel();
  const { members, nft } = kernel;
  afterAll(() => kernel.close());

  const text = async () => (await nft.read())?.stableText;
  const load = async (table: Ruleset) => {
    await nft.load(freshLoad(table));
    return text();
  };

  test("after any sequence of changes the table is what a fresh load of the last state is", {
    timeout: 300_000,
  }, async () => {
    const property = fc.asyncProperty(
      fc.array(chosen, { minLength: 2, maxLength: 5 }),
      stamps,
      async (choices, { mask, values }) => {
        const states = choices.map((choice, at) => {
          const sets = Object.fromEntries(
            NAMES.map((name) => [name, { type: UNIVERSE[name].type, elements: choice[name] ?? [] }]),
          );
          return ruleset({
            sets,
            stamp: stampOf(mask, values[at % values.length] ?? 1),
            digest: `state-${at}`,
          });
        });
        await load(states[0] as Ruleset);
        for (const [at, state] of states.entries()) {
          if (at === 0) continue;
          const changes = memberChanges(states[at - 1] as Ruleset, state);
          expect(changes).toBeDefined();
          members.apply(changes as MemberChanges);
        }
        const changed = await text();
        expect(changed).toBe(await load(states.at(-1) as Ruleset));
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  test("a batch that fails at any place leaves everything as it was", { timeout: 300_000 }, async () => {
    const everywhere = Object.fromEntries(
      NAMES.map((name) => [name, { ...UNIVERSE[name], elements: UNIVERSE[name].elements.slice(0, 1) }]),
    );
    const before = await load(ruleset({ sets: everywhere }));
    const good = (["web_4", "db-1_6", "crowd_4", "crowd_6"] as const).map((set) => ({
      set,
      type: UNIVERSE[set].type,
      elements: UNIVERSE[set].elements.slice(1),
    }));
    const bad = fc
      .constantFrom(...NAMES)
      .map((set) => ({ set, type: UNIVERSE[set].type, elements: UNIVERSE[set].elements.slice(0, 1) }));
    const property = fc.asyncProperty(
      bad,
      fc.nat(good.length),
      fc.boolean(),
      async (wrong, place, isStamped) => {
        const add = [...good.slice(0, place), wrong, ...good.slice(place)];
        const changes = { ...NO_CHANGES, add, ...(isStamped ? { stamp: stampOf(0xff000000, 9) } : {}) };
        expect(() => members.apply(changes)).toThrow(
          expect.objectContaining({
            code: "kernel/netlink-refused",
            message: expect.stringMatching(/is already in set .*: EEXIST/),
          }),
        );
        expect(await text()).toBe(before);
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  test.each(MASKS)(
    "the chains that change are, expression by expression, what nft makes of them (mask %i)",
    async (mask) => {
      const bytecode = () =>
        execFileSync("nft", ["--debug=netlink", "list", "table", "inet", "bulkhead"], { encoding: "utf8" })
          // The handles of rules count on.
          .replace(/^(inet bulkhead \S+) \d+(?: \d+)*$/gm, "$1");
      const sets = {};
      await nft.load(freshLoad(ruleset({ sets, stamp: stampOf(mask, 3), digest: "old" })));
      members.apply({ ...NO_CHANGES, stamp: stampOf(mask, 12), about: "policy new host web-1" });
      const changed = bytecode();
      await nft.load(freshLoad(ruleset({ sets, stamp: stampOf(mask, 12), digest: "new" })));
      expect(changed).toContain("userdata");
      expect(changed).toBe(bytecode());
    },
  );

  test("a comment as long as nft allows is taken as it is", async () => {
    const digest = `${"é".repeat(50)}-12345`;
    await load(hosts());
    members.apply({ ...NO_CHANGES, about: `policy ${digest} host web-1` });
    const changed = await text();
    expect(changed).toContain(digest);
    expect(changed).toBe(
      await load(ruleset({ sets: { web_4: { type: "ipv4_addr", elements: [] } }, digest })),
    );
  });

  test("the element that was refused is named, wherever in a large batch it stands", async () => {
    const all = range(20_000, (i) => `10.7.${i >> 8}.${i & 255}`);
    for (const at of [0, 1, 3_749, 3_750, 19_999]) {
      const one = all[at] as Element & { kind: "address" };
      await nft.load(freshLoad(hosts(one.address)));
      expect(() =>
        members.apply({ ...NO_CHANGES, add: [{ set: "web_4", type: "ipv4_addr", elements: all }] }),
      ).toThrow(`${one.address} is already in set web_4: EEXIST`);
    }
  });

  test("after a refusal the next change goes through", async () => {
    await load(hosts("10.0.0.1"));
    const add = (address: string) =>
      members.apply({
        ...NO_CHANGES,
        add: [{ set: "web_4", type: "ipv4_addr", elements: addresses(address) }],
      });
    expect(() => add("10.0.0.1")).toThrow();
    add("10.0.0.2");
    expect(await text()).toBe(await load(hosts("10.0.0.1", "10.0.0.2")));
  });

  test("a change finds the table that somebody has loaded anew in the meantime", async () => {
    await load(hosts("10.0.0.1"));
    members.apply({
      ...NO_CHANGES,
      add: [{ set: "web_4", type: "ipv4_addr", elements: addresses("10.0.0.2") }],
    });
    execFileSync("nft", ["-f", "-"], { input: freshLoad(hosts("10.0.0.5")) });
    members.apply({
      ...NO_CHANGES,
      add: [{ set: "web_4", type: "ipv4_addr", elements: addresses("10.0.0.2") }],
    });
    expect(await text()).toBe(await load(hosts("10.0.0.2", "10.0.0.5")));
  });

  test("100,000 addresses go in at once, and out again", async ({ skip }) => {
    const elements = range(100_000, (i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    const empty = await load(hosts());
    try {
      members.apply({ ...NO_CHANGES, add: [{ set: "web_4", type: "ipv4_addr", elements }] });
    } catch (error) {
      if (String(error).includes("EMSGSIZE")) skip("net.core.wmem_max is too low for it in a user namespace");
      throw error;
    }
    expect((await text())?.match(/\b10(?:\.\d+){3}/g)).toHaveLength(100_000);
    members.apply({ ...NO_CHANGES, remove: [{ set: "web_4", type: "ipv4_addr", elements }] });
    expect(await text()).toBe(empty);
  });

  test("an element that its set cannot hold never reaches the kernel", async () => {
    await load(ruleset({ sets: UNIVERSE }));
    const impossible: readonly (readonly [SetName, Element])[] = [
      ["web_4", { kind: "address", address: "fd00::1" }],
      ["web_4", { kind: "block", block: "10.0.0.0/8" }],
      ["db-1_6", { kind: "address", address: "10.0.0.1" }],
      ["user_web", { kind: "address", address: "10.0.0.1" }],
      ["unit_web.service", { kind: "cgroup", path: "x", id: "not a number" }],
    ];
    for (const [set, element] of impossible)
      expect(() =>
        members.apply({ ...NO_CHANGES, add: [{ set, type: UNIVERSE[set].type, elements: [element] }] }),
      ).toThrow(
        expect.objectContaining({
          code: "kernel/netlink-refused",
          message: expect.stringContaining(`no element for the set ${set}`),
        }),
      );
    expect(() =>
      members.apply({
        ...NO_CHANGES,
        add: [{ set: "probation", type: "mark", elements: [{ kind: "timer", seconds: 5 }] }],
      }),
    ).toThrow("cannot be changed over netlink");
  });

  test("the text of these tests is what the compiler prints", () => {
    expect(render(hosts("10.0.0.1"))).toContain("ct mark & 0xff000000 == 0x05000000");
  });
});
