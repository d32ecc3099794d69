import { type FlowRecord, type Loss, OTHERS } from "@bulkhead/shared/flow/record.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RulesetEvent } from "../kernel/events.ts";
import { type FakeKernel, fakeKernel } from "../kernel/fake.ts";
import { type FakeEvents, fakeEvents } from "../kernel/fake-events.ts";
import type { KnownCgroup } from "../kernel/host/cgroup-paths.ts";
import type { ConnectionEvent, Socket } from "../kernel/kernel.ts";
import type { PolicyView } from "./observer.ts";
import { Owners } from "./owners.ts";
import { Watch } from "./watch.ts";

const DB = "10.0.0.21";
const WEB = "10.0.0.11";
const GROUP = 7;
const RULES = [
  { name: "orders", allow: "tcp/5432", from: "web", to: { segment: "db", unit: "postgres.service" } },
  { name: "backup", allow: "tcp/9000", from: "db", to: "web" },
  { name: "never", deny: "tcp/23", from: "any", to: "db" },
];

function policyOf(mode: string, rules: readonly unknown[] = RULES): HostPolicy {
  const hosts = {
    "db-1": { addresses: [DB], labels: { role: "db" } },
    "web-1": { addresses: [WEB], labels: { role: "web" } },
  };
  const segments = { web: { select: "role=web" }, db: { select: "role=db" } };
  const text = JSON.stringify({ mode, segments, rules, hosts });
  const { policy, problems } = parsePolicy([{ name: "shop.json", text }]);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  return resolvePolicy(policy, buildInventory(policy)).hostPolicy("db-1");
}

function viewOf(policy: HostPolicy): PolicyView {
  const facts = { names: {}, units: {}, users: { postgres: 70 } };
  return { policy, facts, stamp: { mask: 0, value: 0 }, addresses: [DB], hostNames: { [WEB]: "web-1" } };
}

const LISTENER: Socket = {
  protocol: 6,
  state: "listening",
  localAddress: "0.0.0.0",
  localPort: 5432,
  remoteAddress: "",
  remotePort: 0,
  uid: 70,
  inode: 99,
  cgroupId: "12",
};

interface Parts {
  readonly from?: string;
  readonly to?: string;
  readonly sourcePort?: number;
  readonly service?: number;
  readonly replySource?: string;
  readonly packets?: number;
  readonly pickedUp?: boolean;
}

function connection(kind: "new" | "end", parts: Parts = {}): ConnectionEvent {
  const { from = WEB, to = DB, sourcePort = 40_000, service = 5432, replySource = to, packets = 0 } = parts;
  const { pickedUp = false } = parts;
  return {
    kind,
    flow: { source: from, destination: to, protocol: 6, sourcePort, service },
    replySource,
    replyDestination: from,
    mark: 0,
    replied: true,
    pickedUp,
    packets,
    bytes: packets * 100,
  };
}

describe("a watch", () => {
  let kernel: FakeKernel;
  let events: FakeEvents;
  let cgroups: Map<string, KnownCgroup>;
  let watch: Watch;
  let time: number;
  let records: FlowRecord[];
  let losses: Loss[];
  let commits: RulesetEvent[];
  let addressChanges: number;
  let dropped: number;

  beforeEach(() => {
    kernel = fakeKernel({ addresses: [DB], sockets: [LISTENER] });
    events = fakeEvents();
    cgroups = new Map([["12", { directory: "/nowhere", unit: "postgres.service" }]]);
    time = 1_000_000;
    records = [];
    losses = [];
    commits = [];
    addressChanges = 0;
    dropped = 3;
  });
  afterEach(() => watch[Symbol.dispose]());

  function start(view: PolicyView | undefined = viewOf(policyOf("enforce"))): void {
    const owners = new Owners({
      finder: kernel.sockets.finder(),
      cgroups: { find: (id) => cgroups.get(id) },
      accounts: { nameOf: String },
      clock: () => time,
    });
    watch = new Watch(
      {
        events,
        kernel,
        owners,
        group: GROUP,
        clock: () => ({ now: time, steady: time * 1.0001 }),
        dropped: () => dropped,
      },
      {
        seen: (batch) => {
          records.push(...batch.records);
          losses.push(...batch.losses);
        },
        rulesetChanged: (event) => commits.push(event),
        addressesChanged: () => addressChanges++,
      },
    );
    watch.follow(view);
    watch.turn(0);
  }

  function happen(...connections: readonly ConnectionEvent[]): void {
    for (const one of connections) events.happen.connection(one);
    watch.turn(0);
  }

  /** What was recorded since the last time. */
  function told(): FlowRecord[] {
    watch.flush();
    return records.splice(0);
  }

  test("a connection is told of at its beginning and at its end, with its rule, unit and account", () => {
    start();
    happen(connection("new"));
    time += 2_500;
    expect(told()).toEqual([
      {
        bucket: 1_000_000,
        start: 1_000_000,
        end: 1_000_000,
        direction: "ingress",
        verdict: "allow",
        local: { address: DB, unit: "postgres.service", user: "postgres" },
        remote: { address: WEB, host: "web-1", segment: "web" },
        protocol: 6,
        service: 5432,
        rule: expect.objectContaining({ name: "orders" }),
        connections: 1,
        packets: 0,
        bytes: 0,
        ended: 0,
        lasted: 0,
      },
    ]);
    happen(connection("end", { packets: 8 }));
    expect(told()).toMatchObject([{ connections: 0, packets: 8, bytes: 800, ended: 1, lasted: 2_500 }]);
  });

  test("what stays on the host, and what it passes on, is not recorded", () => {
    start();
    happen(
      connection("new", { from: "127.0.0.1", to: "127.0.0.1" }),
      connection("new", { from: DB }),
      connection("new", { from: WEB, to: "10.0.0.99" }),
      connection("new", { from: WEB, replySource: "172.17.0.2" }),
    );
    expect(told()).toEqual([]);
  });

  test("what was translated to this host is recorded under the address that was called", () => {
    start(viewOf(policyOf("observe")));
    happen(connection("new", { to: "192.0.2.10", replySource: DB }));
    expect(told()).toMatchObject([
      { direction: "ingress", local: { address: "192.0.2.10" }, rule: { name: "orders" } },
    ]);
  });

  test("what was picked up in mid-stream is told of as it began: a port that somebody listens on was called", () => {
    const called = { ...LISTENER, state: "connected", localAddress: DB, remoteAddress: WEB } as const;
    const calling = { ...called, localPort: 33_000, remotePort: 9_000 };
    kernel.knobs.sockets = [LISTENER, { ...called, remotePort: 40_000 }, calling];
    start();
    happen(
      connection("new", { from: DB, to: WEB, sourcePort: 5432, service: 40_000, pickedUp: true }),
      connection("new", { sourcePort: 9_000, service: 33_000, pickedUp: true }),
    );
    expect(told()).toMatchObject([
      { direction: "ingress", remote: { address: WEB }, service: 5432, rule: { name: "orders" } },
      { direction: "egress", remote: { address: WEB }, service: 9_000, rule: { name: "backup" } },
    ]);
  });

  test("what was seen to begin is what it is, whoever listens", () => {
    kernel.knobs.sockets = [LISTENER];
    start(viewOf(policyOf("observe")));
    happen(connection("new", { from: DB, to: WEB, sourcePort: 5432, service: 9_000 }));
    expect(told()).toMatchObject([{ direction: "egress", service: 9_000, rule: { name: "backup" } }]);
  });

  test("without a policy everything is allowed, by no rule", () => {
    start(undefined);
    watch.follow(undefined);
    happen(connection("new", { service: 4 }));
    expect(told()).toMatchObject([{ verdict: "allow", rule: null }]);
  });

  test("what passed although nobody knows why has the one rule that it can be, else none", () => {
    kernel.knobs.sockets = [];
    start();
    happen(connection("new"), connection("new", { service: 4 }));
    expect(told()).toMatchObject([
      { verdict: "allow", rule: { name: "orders" }, local: { address: DB } },
      { verdict: "allow", rule: null },
    ]);
  });

  test("a new policy judges what begins, and what is open when it is next reported", () => {
    start();
    happen(connection("new"));
    told();
    const rules = [{ name: "newer", allow: "tcp/5432", from: "web", to: "db" }, ...RULES.slice(2)];
    watch.follow(viewOf(policyOf("enforce", rules)));
    happen(connection("new", { sourcePort: 40_001 }), connection("end", { packets: 3 }));
    expect(told()).toMatchObject([{ rule: { name: "newer" }, connections: 1, ended: 1, packets: 3 }]);
  });

  test("an open connection that loses its permission stays what it was", () => {
    start();
    happen(connection("new"));
    told();
    watch.follow(viewOf(policyOf("enforce", RULES.slice(1))));
    happen(connection("end", { packets: 3 }));
    expect(told()).toMatchObject([{ verdict: "allow", rule: { name: "orders" }, ended: 1 }]);
  });

  test("a rule that expires is not named any more", () => {
    const expiring = {
      name: "today",
      allow: "tcp/80",
      from: "any",
      to: "db",
      expires: "1970-01-01T00:20:00Z",
    };
    start(viewOf(policyOf("observe", [expiring])));
    happen(connection("new", { service: 80 }));
    time = 1_200_000;
    happen(connection("new", { service: 80, sourcePort: 40_001 }));
    expect(told()).toMatchObject([
      { verdict: "allow", rule: { name: "today" } },
      { verdict: "would-deny", rule: null },
    ]);
  });

  test("connections from before are found, told of without counting, and only what they carry from now on is counted", () => {
    const { flow } = connection("new");
    kernel.track({ ...flow, mark: 0, replied: true, pickedUp: false });
    start();
    expect(told()).toMatchObject([{ connections: 0, packets: 0, local: { unit: "postgres.service" } }]);
    happen(connection("end", { packets: 4 }));
    expect(told()).toMatchObject([{ connections: 0, packets: 4, ended: 1 }]);
  });

  test("a connection from before that is gone without a word has ended by the next listing", () => {
    const { flow } = connection("new");
    kernel.track({ ...flow, mark: 0, replied: true, pickedUp: false });
    start();
    happen(connection("new", { sourcePort: 2 }));
    told();
    kernel.track(undefined);
    time += 30_000;
    watch.turn(0);
    watch.turn(0);
    expect(told()).toMatchObject([{ connections: 0, ended: 1 }]);
  });

  test("a connection that begins while those from before are listed is counted once", () => {
    const original = kernel.conntrack.connections;
    const racing = {
      ...kernel,
      conntrack: {
        ...kernel.conntrack,
        connections: () => {
          events.happen.connection(connection("new"));
          return { ...original(), connections: [connection("new")] };
        },
      },
    };
    kernel = racing;
    start();
    expect(told().reduce((sum, { connections }) => sum + connections, 0)).toBe(1);
  });

  test("after an overrun what was missed is found in the kernel, and the loss is said", () => {
    start();
    happen(connection("new", { sourcePort: 1 }), connection("new", { sourcePort: 2 }));
    told();
    // The end of the first and the beginning of a third are lost.
    for (const sourcePort of [2, 3])
      kernel.track({ ...connection("new", { sourcePort }).flow, mark: 0, replied: true, pickedUp: false });
    events.lose("connections", 2);
    watch.turn(0);
    time += 1_500;
    watch.turn(0);
    watch.turn(0);
    const sum = told();
    expect(sum.reduce((total, one) => total + one.connections, 0)).toBe(1);
    expect(sum.reduce((total, one) => total + one.ended, 0)).toBe(1);
    expect(losses).toEqual([{ what: "connection-events", start: 1_000_000, end: 1_000_000, count: 2 }]);
    happen(connection("end", { sourcePort: 2 }), connection("end", { sourcePort: 3 }));
    expect(told()).toMatchObject([{ connections: 0, ended: 2 }]);
  });

  test("an end whose beginning was lost counts as both", () => {
    start();
    happen(connection("end", { packets: 2 }));
    expect(told()).toMatchObject([{ connections: 1, ended: 1, packets: 2 }]);
  });

  test("a unit that is too new to be known is known a moment later", () => {
    cgroups.clear();
    start();
    happen(connection("new"));
    cgroups.set("12", { directory: "/nowhere", unit: "postgres.service" });
    expect(told()).toMatchObject([{ connections: 1, local: { unit: "postgres.service" } }]);
  });

  function denied(
    prefix: string,
    parts: { sourcePort?: number; from?: string; hook?: "input" | "output" } = {},
  ) {
    const { sourcePort = 5_000, from = "10.0.0.66", hook = "input" } = parts;
    const flow = { source: from, destination: DB, protocol: 6, sourcePort, service: 5432 };
    events.happen.packet(GROUP, { prefix, flow, bytes: 60, uid: undefined, hook });
    watch.turn(0);
  }

  test("a denied packet is told of with what would have got it; its repetitions are no further attempts", () => {
    start();
    for (let time = 0; time < 3; time++) denied("bulkhead deny ingress (no rule allows it): ");
    denied("bulkhead deny ingress never shop.json:1: ", { sourcePort: 5_001 });
    expect(told()).toMatchObject([
      {
        verdict: "deny",
        rule: null,
        connections: 1,
        packets: 3,
        bytes: 180,
        local: { unit: "postgres.service" },
      },
      { verdict: "deny", rule: { name: "never", file: "shop.json" }, connections: 1, packets: 1 },
    ]);
  });

  test("a rule of no known policy is told of by its text; foreign prefixes and what would be denied are not", () => {
    start();
    denied("bulkhead deny ingress gone old.yaml:7: ");
    denied("somebody else's: ");
    denied("bulkhead would-deny ingress (no rule allows it): ");
    expect(told()).toMatchObject([{ rule: { name: "gone", file: "old.yaml", line: 7 }, packets: 1 }]);
  });

  test("a reply that is denied belongs to the flow that asked", () => {
    start();
    const flow = { source: WEB, destination: DB, protocol: 6, sourcePort: 9000, service: 33_000 };
    const prefix = "bulkhead deny egress (no rule allows it): ";
    events.happen.packet(GROUP, { prefix, flow, bytes: 60, uid: undefined, hook: "input" });
    watch.turn(0);
    expect(told()).toMatchObject([
      { direction: "egress", local: { address: DB }, remote: { address: WEB }, service: 9000 },
    ]);
  });

  test("denied packets that the kernel tells of only by counting are a loss with their number", () => {
    const counted = { packets: 0 };
    const chain = "ingress";
    const comment = "default: no rule allows it";
    kernel = {
      ...kernel,
      counters: { read: () => [{ chain, comment, packets: counted.packets, bytes: 0 }] },
    };
    start();
    counted.packets = 10;
    denied("bulkhead deny ingress (no rule allows it): ");
    time += 5_000;
    watch.turn(0);
    time += 500;
    watch.turn(0);
    counted.packets = 11;
    denied("bulkhead deny ingress (no rule allows it): ");
    time += 5_000;
    watch.turn(0);
    time += 500;
    watch.turn(0);
    told();
    expect(losses).toMatchObject([{ what: "denied-beyond-rate", count: 9 }]);
  });

  test("a new table, whose counters begin anew, leaves nothing over that was not denied", () => {
    const counted = { packets: 0 };
    const comment = "default: no rule allows it";
    const read = () => [{ chain: "ingress", comment, packets: counted.packets, bytes: 0 }];
    kernel = { ...kernel, counters: { read } };
    start();
    // Told, counted, and gone with the old table before anybody has read the counter; then one that is told, and four that are not.
    for (const packets of [3, 1, 6]) {
      for (let told = 0; told < (packets === 3 ? 3 : 1); told++)
        denied("bulkhead deny ingress (no rule allows it): ");
      counted.packets = packets;
      time += 5_000;
      watch.turn(0);
      time += 500;
      watch.turn(0);
    }
    told();
    expect(losses).toMatchObject([{ what: "denied-beyond-rate", count: 4 }]);
  });

  test("packets that found no place in conntrack are a loss, those from before are not", () => {
    start();
    time += 5_000;
    watch.turn(0);
    dropped += 4;
    time += 5_000;
    watch.turn(0);
    expect(losses).toEqual([{ what: "conntrack-full", start: 1_005_000, end: 1_010_000, count: 4 }]);
  });

  test("commits to our table and addresses that change are told at once, others' commits are not", () => {
    start();
    events.happen.commit({ generation: 4, by: { pid: 1, name: "nft" }, ours: [] });
    events.happen.commit({ generation: 5, by: { pid: 1, name: "nft" }, ours: ["table removed"] });
    kernel.knobs.addresses = [DB, "10.0.0.22"];
    events.happen.addressChange();
    watch.turn(0);
    expect(commits.map(({ generation }) => generation)).toEqual([5]);
    expect(addressChanges).toBe(1);
    happen(connection("new", { to: "10.0.0.22" }));
    expect(told()).toMatchObject([{ local: { address: "10.0.0.22" } }]);
  });

  test("a flood of peers is bounded", () => {
    start();
    for (let peer = 0; peer < 30_000; peer++)
      events.happen.connection(
        connection("new", { from: `10.${1 + (peer >> 16)}.${(peer >> 8) & 255}.${peer & 255}` }),
      );
    for (let turn = 0; turn < 31; turn++) watch.turn(0);
    const all = told();
    expect(all.length).toBe(20_001);
    expect(all.at(-1)).toMatchObject({ remote: { address: OTHERS }, connections: 10_000 });
    expect(losses).toMatchObject([{ what: "bucket-full", count: 10_000 }]);
  });
});
