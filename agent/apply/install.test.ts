import type { ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConntrackEntry, Socket, Tuple } from "../kernel/kernel.ts";
import { stepsUntil } from "./agent.ts";
import { apply } from "./apply.ts";
import { clear } from "./clear.ts";
import { confirm } from "./confirm.ts";
import { type TestAgent, testAgent } from "./fixtures/agents.ts";
import { ADMINS, policyOfDb } from "./fixtures/policies.ts";
import { look } from "./recover.ts";

let agent: TestAgent;
beforeEach(() => {
  agent = testAgent();
});
afterEach(() => agent[Symbol.dispose]());

const A = { policy: policyOfDb({ web: ["10.0.0.11"] }) };
const MORE_WEB = { policy: policyOfDb({ web: ["10.0.0.11", "10.0.0.12"] }) };
const LESS_WEB = { policy: policyOfDb({ web: [] }) };
const OTHER_RULES = { policy: policyOfDb({ rules: [ADMINS] }) };

/** A connection of a web host to the database, as conntrack has it. */
function tracked(flow: Partial<ConntrackEntry> = {}): ConntrackEntry {
  const ends = {
    source: "10.0.0.11",
    destination: "10.0.0.21",
    protocol: 6,
    sourcePort: 40000,
    service: 5432,
  };
  return { ...ends, mark: 0, replied: true, pickedUp: false, ...flow };
}

/** This host's end of a connection. */
function socket(localPort: number, remoteAddress: string, remotePort: number): Socket {
  const state = remoteAddress === "" ? "listening" : "connected";
  return {
    protocol: 6,
    state,
    localAddress: "10.0.0.21",
    localPort,
    remoteAddress,
    remotePort,
    uid: 0,
    inode: localPort,
  };
}

const refusing = (code: ErrorCode) => expect.objectContaining({ code });
const stateNow = async () => JSON.stringify([agent.store.read(), await agent.kernel.nft.read()]);

describe("what is in force already", () => {
  test("is not touched: no step beyond finding that out, no file, no table", async () => {
    await apply(A, agent);
    const before = await stateNow();
    agent.done.length = 0;
    expect((await apply(A, agent)).outcome).toBe("unchanged");
    expect(agent.done).toEqual(["resolve-facts"]);
    expect(await stateNow()).toBe(before);
  });

  test("is loaded anew where somebody has changed the table", async () => {
    await apply(A, agent);
    agent.kernel.foreignRule("ingress", "accept");
    expect(await apply(A, agent)).toMatchObject({ outcome: "applied", way: "table" });
    expect((await agent.kernel.nft.read())?.stableText).not.toMatch(/^\t\taccept$/m);
  });

  test("is another table with another log target or mark mask, and both stay what they were", async () => {
    await apply({ ...A, log: { to: "nflog", group: 5 }, mask: 0x0ff00000 }, agent);
    expect((await apply(A, agent)).outcome).toBe("unchanged");
    expect((await apply({ ...A, mask: 0xff000000 }, agent)).generation).toMatchObject({
      stamp: { mask: 0xff000000 },
      log: { to: "nflog", group: 5 },
    });
  });
});

describe("a change of members", () => {
  test("goes in place and keeps the stamp where nobody loses anything", async () => {
    const first = await apply(A, agent);
    const second = await apply(MORE_WEB, agent);
    expect(second).toMatchObject({ outcome: "applied", way: "members" });
    expect(second.generation.stamp).toEqual(first.generation.stamp);
  });

  test("brings a new stamp where somebody loses a permission", async () => {
    const first = await apply(A, agent);
    const second = await apply(LESS_WEB, agent);
    expect(second.way).toBe("members");
    expect(second.generation.stamp).not.toEqual(first.generation.stamp);
  });

  test("becomes a whole table where the kernel refuses it, since somebody was quicker", async () => {
    await apply(A, agent);
    agent.kernel.knobs.failNextMemberChange = "kernel/netlink-refused";
    expect(await apply(MORE_WEB, agent)).toMatchObject({ outcome: "applied", way: "table" });
  });

  test("other rules are a whole table and a new stamp", async () => {
    const first = await apply(A, agent);
    const second = await apply(OTHER_RULES, agent);
    expect(second.way).toBe("table");
    expect(second.generation.stamp).not.toEqual(first.generation.stamp);
  });
});

describe("when something fails, the kernel and the state are as before", () => {
  test.each([
    ["nft refuses the transaction", "failNextCheck", "kernel/nft-refused"],
    ["the load fails", "failNextLoad", "kernel/nft-refused"],
    ["nft is too slow", "failNextLoad", "kernel/nft-slow"],
  ] as const)("%s", async (_what, knob, code) => {
    await apply(A, agent);
    const before = await stateNow();
    agent.kernel.knobs[knob] = code;
    await expect(apply(OTHER_RULES, agent)).rejects.toThrow(refusing(code));
    expect(await stateNow()).toBe(before);
  });

  test("a fall-back that fails leaves the probation's table, and the next command does it", async () => {
    await apply(A, agent);
    await apply({ ...OTHER_RULES, confirmWithinSeconds: 60 }, agent);
    agent.kernel.knobs.secondsLeft = 0;
    agent.kernel.knobs.failNextLoad = "kernel/nft-refused";
    await expect(confirm(agent)).rejects.toThrow(refusing("kernel/nft-refused"));
    expect((await confirm(agent)).outcome).toBe("lapsed");
    expect((await agent.kernel.nft.read())?.probation).toBeUndefined();
  });

  test("a first load that fails leaves no table behind", async () => {
    const { load } = agent.kernel.nft;
    let loads = 0;
    const nft = {
      ...agent.kernel.nft,
      load: (text: string) => (++loads === 2 ? Promise.reject(new Error("no")) : load(text)),
    };
    await expect(apply(A, { ...agent, kernel: { ...agent.kernel, nft } })).rejects.toThrow("no");
    expect(await agent.kernel.nft.read()).toBeUndefined();
    expect(agent.store.read().pending.kind).toBe("absent");
  });

  test("an interruption stops it as long as nothing has changed", async () => {
    const controller = new AbortController();
    const step = stepsUntil(controller.signal);
    const stopped = { ...agent, approve: async () => true, step };
    controller.abort();
    await expect(apply(A, stopped)).rejects.toThrow(refusing("apply/interrupted"));
    expect(await stateNow()).toBe(JSON.stringify([agent.store.read(), undefined]));
  });

  test("an interruption after that lets it go through to the end", async () => {
    const controller = new AbortController();
    const steps = stepsUntil(controller.signal);
    const step: typeof steps = (name, work) => {
      if (name === "load") controller.abort();
      return steps(name, work);
    };
    expect((await apply(A, { ...agent, step })).outcome).toBe("applied");
  });

  test("who declines what would be cut has changed nothing", async () => {
    await apply(A, agent);
    const before = await stateNow();
    const declining = { ...agent, approve: async () => false };
    await expect(apply(LESS_WEB, declining)).rejects.toThrow(refusing("apply/declined"));
    expect(await stateNow()).toBe(before);
  });
});

test("an answer that is lost after the kernel had committed is a success, since the kernel says so", async () => {
  await apply(A, agent);
  agent.kernel.knobs.loseNextAnswer = true;
  expect((await apply(OTHER_RULES, agent)).outcome).toBe("applied");
});

test("a read-back that fails leaves the rest to the next command, which finishes it", async () => {
  await apply(A, agent);
  const { read } = agent.kernel.nft;
  let reads = 0;
  const nft = { ...agent.kernel.nft, read: () => (++reads === 2 ? Promise.reject(new Error("no")) : read()) };
  await expect(apply(OTHER_RULES, { ...agent, kernel: { ...agent.kernel, nft } })).rejects.toThrow("no");
  const { outcome, notes } = await apply(OTHER_RULES, agent);
  expect([outcome, notes.map(({ code }) => code)]).toEqual(["unchanged", ["apply/recovered"]]);
});

test("a table that is not what was loaded is reported, and then not called what was loaded", async () => {
  const { load } = agent.kernel.nft;
  const meddled = async (text: string) => {
    await load(text);
    agent.kernel.foreignRule("input", "accept");
  };
  const kernel = { ...agent.kernel, nft: { ...agent.kernel.nft, load: meddled } };
  await expect(apply(A, { ...agent, kernel })).rejects.toThrow(refusing("apply/read-back-differs"));
  const { held } = await look(agent);
  expect(held).toMatchObject({ digest: expect.any(String) });
  expect(held?.listing).toBeUndefined();
});

describe("connections", () => {
  test("that lose their permission are named with the rule that is missing", async () => {
    await apply(A, agent);
    agent.kernel.knobs.sockets = [
      socket(5432, "", 0),
      socket(5432, "10.0.0.11", 40000),
      socket(22, "10.9.0.5", 50000),
    ];
    agent.kernel.track(tracked());
    agent.kernel.track(tracked({ source: "10.9.0.5", sourcePort: 50000, service: 22 }));
    const { cuts } = await apply(LESS_WEB, agent);
    expect(cuts.map(({ connection, judgement }) => [connection.source, judgement.why])).toEqual([
      ["10.0.0.11", "no rule allows tcp/5432 from 10.0.0.11 to db-1; db-1 enforces ingress"],
    ]);
  });

  test("that were denied before lose nothing by a policy that denies them, too", async () => {
    await apply(A, agent);
    agent.kernel.knobs.sockets = [socket(99, "", 0), socket(99, "10.0.0.11", 40000)];
    expect((await apply(LESS_WEB, agent)).cuts).toEqual([]);
  });

  test("that conntrack had picked up in passing, before it was made to run, are turned as well", async () => {
    agent.kernel.knobs.sockets = [socket(5432, "", 0), socket(5432, "10.0.0.11", 40000)];
    const wrong = { source: "10.0.0.21", sourcePort: 5432, destination: "10.0.0.11", service: 40000 };
    agent.kernel.track(tracked({ ...wrong, pickedUp: true }));
    expect((await apply(A, agent)).adopted).toBe(1);
    expect(agent.kernel.conntrack.dump().entries.map(({ source }) => source)).toEqual(["10.0.0.11"]);
  });

  test("that began before the first apply are told to conntrack by who called whom", async () => {
    agent.kernel.knobs.sockets = [
      socket(5432, "", 0),
      socket(5432, "10.0.0.11", 40000),
      socket(33000, "10.0.0.99", 443),
    ];
    expect((await apply(A, agent)).adopted).toBe(2);
    const known = agent.kernel.conntrack
      .dump()
      .entries.map(({ source, service }: Tuple) => [source, service]);
    expect(known).toEqual([
      ["10.0.0.11", 5432],
      ["10.0.0.21", 443],
    ]);
  });

  test("that conntrack picked up the wrong way round are turned, those that it saw begin are left", async () => {
    agent.kernel.knobs.sockets = [
      socket(5432, "", 0),
      socket(5432, "10.0.0.11", 40000),
      socket(5432, "10.0.0.12", 41000),
    ];
    const wrong = {
      source: "10.0.0.21",
      sourcePort: 5432,
      destination: "10.0.0.12",
      service: 41000,
      protocol: 6,
    };
    const seen = { ...wrong, destination: "10.0.0.11", service: 40000 };
    agent.kernel.track(tracked(seen));
    // Packets flow as soon as conntrack runs.
    const step: TestAgent["step"] = async (name, work) => {
      const result = await work();
      if (name === "prime") agent.kernel.track(tracked({ ...wrong, pickedUp: true }));
      return result;
    };
    await apply(A, { ...agent, step });
    const sources = agent.kernel.conntrack
      .dump()
      .entries.map(({ source, sourcePort }) => [source, sourcePort]);
    expect(sources).toEqual([
      ["10.0.0.21", 5432],
      ["10.0.0.12", 41000],
    ]);
  });

  test("that bear the next stamp by accident lose it before it counts", async () => {
    agent.kernel.track(tracked({ mark: 0x00000001 }));
    for (let value = 1; value < 16; value++)
      agent.kernel.track(tracked({ mark: value, sourcePort: 1000 + value }));
    const { generation } = await apply({ ...A, mask: 0xf }, agent);
    const bearers = agent.kernel.conntrack
      .dump()
      .entries.filter(({ mark }) => (mark & 0xf) === generation.stamp.value);
    expect(bearers).toEqual([]);
  });

  test("lose the bits that are no longer ours when the mask moves", async () => {
    await apply({ ...A, mask: 0x0000000f }, agent);
    agent.kernel.track(tracked({ mark: 0xabc1 }));
    await apply({ ...A, mask: 0xff000000 }, agent);
    expect(agent.kernel.conntrack.dump().entries.map(({ mark }) => mark)).toEqual([0xabc0]);
  });

  test("that could not be listed are counted", async () => {
    agent.kernel.knobs.lostConntrackEntries = 7;
    const { notes } = await apply(A, agent);
    expect(notes.map(({ message }) => message)).toEqual(["7 conntrack entries could not be listed"]);
  });
});

test("a DNS name that has no answer keeps the addresses that it had, and that is said", async () => {
  const rules = [{ name: "pay", allow: "tcp/443", from: "db", to: "payments" }];
  const policy = policyOfDb({ rules, segments: { payments: { names: ["pay.example"] } } });
  agent.kernel.knobs.facts = { names: { "pay.example": ["192.0.2.7"] }, units: {}, users: {} };
  await apply({ policy }, agent);
  agent.kernel.knobs.facts = { names: {}, units: {}, users: {} };
  const { outcome, generation } = await apply({ policy }, agent);
  expect(generation.facts.names).toEqual({ "pay.example": ["192.0.2.7"] });
  expect(outcome).toBe("unchanged");
  expect(generation.missing).toContain("pay.example keeps the addresses that it had before");
});

test("a confirm does not wait for DNS", async () => {
  const rules = [{ name: "pay", allow: "tcp/443", from: "db", to: "payments" }];
  const policy = policyOfDb({ rules, segments: { payments: { names: ["pay.example"] } } });
  agent.kernel.knobs.facts = { names: { "pay.example": ["192.0.2.7"] }, units: {}, users: {} };
  await apply({ policy, confirmWithinSeconds: 60 }, agent);
  const asked: string[] = [];
  const { resolve } = agent.kernel.host;
  const host: typeof agent.kernel.host = {
    ...agent.kernel.host,
    resolve: (need) => {
      asked.push(...need.names);
      return resolve(need);
    },
  };
  const { generation } = await confirm({ ...agent, kernel: { ...agent.kernel, host } });
  expect([asked, generation?.facts.names]).toEqual([[], { "pay.example": ["192.0.2.7"] }]);
});

test("a clock that jumps by years, both ways, changes nothing of what is in force", async () => {
  const at = (year: number) => ({ ...agent, now: () => Date.UTC(year, 0) });
  await apply(A, at(2026));
  await apply({ ...OTHER_RULES, confirmWithinSeconds: 60 }, at(1970));
  expect((await confirm(at(2099))).outcome).toBe("confirmed");
  expect((await apply(OTHER_RULES, at(1980))).outcome).toBe("unchanged");
  await apply({ ...A, confirmWithinSeconds: 60 }, at(2050));
  expect((await look(at(1970))).trial?.secondsLeft).toBe(60);
  agent.kernel.knobs.secondsLeft = 0;
  expect((await confirm(at(1970))).outcome).toBe("lapsed");
});

test("a confirm keeps the stamp, so that no connection notices", async () => {
  await apply(A, agent);
  const { generation } = await apply({ ...OTHER_RULES, confirmWithinSeconds: 60 }, agent);
  const confirmed = await confirm(agent);
  expect(confirmed).toMatchObject({ outcome: "confirmed", generation: { stamp: generation.stamp } });
  expect((await confirm(agent)).outcome).toBe("not-on-probation");
});

test("clear takes table, marks and state away, also where the state is damaged", async () => {
  await apply(A, agent);
  agent.kernel.track(tracked({ mark: 0x01000abc }));
  agent.store.setAside("current");
  expect(await clear(agent)).toEqual({ table: true, marks: 1 });
  expect(await agent.kernel.nft.read()).toBeUndefined();
  expect(agent.kernel.conntrack.dump().entries.map(({ mark }) => mark)).toEqual([0xabc]);
  expect(await clear(agent)).toEqual({ table: false, marks: 0 });
});
