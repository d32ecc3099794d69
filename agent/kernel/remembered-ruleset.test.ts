import { execFileSync } from "node:child_process";
import { formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import { type MemberChanges, TABLE } from "@bulkhead/shared/nft/ruleset.ts";
import { removal } from "@bulkhead/shared/nft/transaction.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { describeInNamespace } from "./fixtures/own-namespace.ts";
import { addresses, freshLoad, hosts, NO_CHANGES, ruleset, STAMP } from "./fixtures/rulesets.ts";
import type { NftRoom } from "./kernel.ts";
import { type RealKernel, realKernel } from "./real.ts";
import { RememberedRuleset } from "./remembered-ruleset.ts";

const ROUNDS = 80;
const EMPTY = {
  web_4: { type: "ipv4_addr", elements: [] },
  web_6: { type: "ipv6_addr", elements: [] },
} as const;

describeInNamespace("the remembered ruleset over a real kernel", import.meta.url, () => {
  let kernel: RealKernel;
  let remembered: RememberedRuleset;
  let readings = 0;

  beforeAll(() => {
    kernel = realKernel();
  });
  afterAll(() => {
    kernel.close();
  });
  beforeEach(async () => {
    readings = 0;
    const counted: NftRoom = {
      ...kernel.nft,
      read: () => {
        readings += 1;
        return kernel.nft.read();
      },
    };
    remembered = new RememberedRuleset({ nft: counted, members: kernel.members, probe: kernel.probe });
    await kernel.nft.load(freshLoad(hosts("10.0.0.1")));
  });

  async function text(): Promise<string | undefined> {
    return (await remembered.nft.read())?.stableText;
  }

  async function listed(): Promise<string | undefined> {
    return (await kernel.nft.read())?.stableText;
  }

  function joining(...members: readonly string[]): MemberChanges {
    return { ...NO_CHANGES, add: [{ set: "web_4", type: "ipv4_addr", elements: addresses(...members) }] };
  }

  test.each([
    ["a prefix", STAMP.mask],
    ["bits in the middle", 0x00ff_0000],
  ])(
    "after random changes of members, digest and a stamp in %s it says what nft lists, and has asked nft once",
    async (_where, mask) => {
      const random = dice(7);
      const stampOf = (round: number) => ({ mask, value: (((round % 255) + 1) * (mask & -mask)) >>> 0 });
      const pool = { web_4: ipv4(40), web_6: ipv6(40) };
      const inSet = { web_4: new Set<string>(), web_6: new Set<string>() };
      await kernel.nft.load(freshLoad(ruleset({ sets: EMPTY, stamp: stampOf(0) })));
      await text();
      for (let round = 0; round < ROUNDS; round += 1) {
        const changes = (["web_4", "web_6"] as const).map((set) => {
          const chosen = pool[set].filter(() => random() < 0.1);
          const remove = chosen.filter((one) => inSet[set].delete(one));
          const add = chosen.filter((one) => !remove.includes(one));
          for (const one of add) inSet[set].add(one);
          return {
            set,
            type: set === "web_4" ? ("ipv4_addr" as const) : ("ipv6_addr" as const),
            add,
            remove,
          };
        });
        remembered.members.apply({
          add: changes.flatMap(({ set, type, add }) =>
            add.length === 0 ? [] : { set, type, elements: addresses(...add) },
          ),
          remove: changes.flatMap(({ set, type, remove }) =>
            remove.length === 0 ? [] : { set, type, elements: addresses(...remove) },
          ),
          ...(random() < 0.3 && { stamp: stampOf(round + 1) }),
          about: `policy ${round} host web-1`,
        });
        expect(await text()).toBe(await listed());
      }
      expect(readings).toBe(1);
    },
  );

  test.each([
    ["the same set", `add element ${TABLE.family} ${TABLE.name} web_4 { 10.0.0.99 }`],
    ["another table", "add table inet another"],
    ["all there is", "flush ruleset"],
  ])("after somebody else's commit to %s nft is asked again", async (_what, command) => {
    await text();
    execFileSync("nft", command.split(/ (?![^{]*\})/));
    expect(await text()).toBe(await listed());
    expect(readings).toBe(2);
  });

  test("a change onto a ruleset that is another by now is made all the same, and nft is asked what came of it", async () => {
    await text();
    execFileSync("nft", ["add", "element", TABLE.family, TABLE.name, "web_4", "{ 10.0.0.99 }"]);
    remembered.members.apply(joining("10.0.0.7"));
    expect(await text()).toBe(await listed());
    expect(await text()).toContain("10.0.0.7, 10.0.0.99");
    expect(readings).toBe(2);
  });

  test("the kernel refuses a change that is for another ruleset", () => {
    const generation = kernel.probe.generation();
    kernel.members.apply(joining("10.0.0.7"), generation);
    const again = () => kernel.members.apply(joining("10.0.0.8"), generation);
    expect(again).toThrow(expect.objectContaining({ code: "kernel/ruleset-changed" }));
    expect(kernel.probe.holds(joining("10.0.0.7"))).toBe(true);
    expect(kernel.probe.holds(joining("10.0.0.8"))).toBe(false);
  });

  test("what was changed is asked of the kernel", () => {
    const change = { ...joining("10.0.0.7"), about: "policy def host web-1" };
    expect(kernel.probe.holds(change)).toBe(false);
    kernel.members.apply(change);
    expect(kernel.probe.holds(change)).toBe(true);
    expect(kernel.probe.holds({ ...change, about: "policy abc host web-1" })).toBe(false);
    expect(kernel.probe.holds({ ...NO_CHANGES, remove: change.add })).toBe(false);
  });

  test("after it was told to forget, nft is asked", async () => {
    await text();
    remembered.forget();
    await text();
    expect(readings).toBe(2);
  });

  test("nothing is remembered of a table that is not there", async () => {
    await kernel.nft.load(removal());
    expect(await text()).toBeUndefined();
    await kernel.nft.load(render(hosts("10.0.0.1")));
    expect(await text()).toBe(await listed());
  });
});

/** Numbers in [0, 1), the same ones each time (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function ipv4(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${10 + (n % 3) * 90}.${n * 6}.0.${255 - n}`);
}

function ipv6(count: number): readonly string[] {
  const forms = (n: number) => [
    `fd00::${n.toString(16)}`,
    `2001:db8:${n.toString(16)}:0:1:0:0:1`,
    `64:ff9b::a00:${n.toString(16)}`,
    `1:0:2:3:4:5:6:${n.toString(16)}`,
  ];
  return Array.from({ length: count }, (_, n) => forms(n + 1)[n % 4] ?? "").map(canonical);
}

function canonical(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(text);
  return formatAddress(address);
}
