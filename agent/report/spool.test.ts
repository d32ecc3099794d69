import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { BUCKET_MILLISECONDS, type FlowRecord } from "@bulkhead/shared/flow/record.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openToMake, openToWrite } from "./database.ts";
import { NOON, record } from "./fixtures/records.ts";
import { openSpool } from "./open-spool.ts";
import type { Spool } from "./spool.ts";
import { spoolPath } from "./spool-file.ts";
import type { SpoolLimits } from "./spool-limits.ts";

const clock = { now: NOON };
const here = { directory: "" };
const notes: BulkheadError[] = [];

beforeEach(() => {
  clock.now = NOON + 1000;
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-spool-"));
  notes.length = 0;
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

function open(limits: Partial<SpoolLimits> = {}): Spool {
  const { directory } = here;
  return openSpool({ directory, limits, now: () => clock.now, tell: (note) => void notes.push(note) });
}

const add = (spool: Spool, ...records: readonly FlowRecord[]) => spool.add({ records, losses: [] });
const all = { since: 0, most: 1_000_000 };
const connections = (records: readonly FlowRecord[]) =>
  records.reduce((sum, { connections }) => sum + connections, 0);

test("what was added is found as it was", () => {
  using spool = open();
  const bare = record({
    local: { address: "fd00::1" },
    remote: { address: "others" },
    rule: null,
    verdict: "would-deny",
    direction: "ingress",
    protocol: 58,
    service: 128 * 256,
    bytes: 2 ** 40 + 1,
    start: NOON - 5000,
  });
  const noted = record({ rule: { name: "a", file: "b.yaml", line: 3, note: "because" } });
  add(spool, bare, noted);
  expect(spool.find(all)).toEqual(
    expect.arrayContaining(
      [bare, noted].map((one) => expect.objectContaining({ ...one, bucket: expect.any(Number) })),
    ),
  );
  expect(spool.find({ ...all, perBucket: true })).toHaveLength(2);
  expect(spool.find({ ...all, perBucket: true })).toEqual(expect.arrayContaining([bare, noted]));
});

test("records of one key and bucket are added up, whatever the process's number", () => {
  using spool = open();
  const later = record({ start: NOON + 50, end: NOON + 900, local: { ...record().local, pid: 8 } });
  add(spool, record(), later);
  add(spool, record());
  expect(spool.health().records).toBe(1);
  expect(spool.find({ ...all, perBucket: true })).toEqual([
    {
      ...later,
      local: { ...later.local, pid: 7 },
      connections: 3,
      packets: 30,
      bytes: 3000,
      ended: 3,
      lasted: 300,
    },
  ]);
});

test("a query merges buckets, newest first, and counts nothing outside its time", () => {
  using spool = open();
  const buckets = [0, 1, 2].map((at) => NOON + at * BUCKET_MILLISECONDS);
  for (const bucket of buckets) add(spool, record({ bucket }));
  add(spool, record({ bucket: NOON, service: 22 }));
  clock.now = NOON + 60_000;
  const found = spool.find(all);
  expect(found.map(({ service, connections }) => [service, connections])).toEqual([
    [5432, 3],
    [22, 1],
  ]);
  expect(found[0]).toMatchObject({ bucket: NOON, start: NOON + 100, end: NOON + 20_200 });
  expect(spool.find({ ...all, most: 1 })).toHaveLength(1);
  expect(connections(spool.find({ ...all, since: NOON + BUCKET_MILLISECONDS }))).toBe(2);
  expect(connections(spool.find({ ...all, until: NOON + BUCKET_MILLISECONDS - 1 }))).toBe(2);
});

test.each([
  [{ peer: "db-1" }, [1]],
  [{ peer: "db" }, [1, 2]],
  [{ peer: "10.0.0.22" }, [2]],
  [{ peer: "10.0.0.0/24" }, [1, 2]],
  [{ peer: "fd00::/16" }, [3]],
  [{ peer: "10.0.0.22-10.0.0.30" }, [2]],
  [{ unit: "shop.service" }, [1, 2]],
  [{ unit: "shop" }, [1, 2]],
  [{ unit: "sho" }, []],
  [{ verdicts: ["deny", "would-deny"] }, [3]],
  [{ direction: "ingress" }, [3]],
] as const)("%j finds %j, on disk and in memory", (filter, services) => {
  const records = [
    record({ service: 1 }),
    record({ service: 2, remote: { address: "10.0.0.22", host: "db-2", segment: "db" } }),
    record({
      service: 3,
      direction: "ingress",
      verdict: "deny",
      local: { address: "fd00::1" },
      remote: { address: "fd00::2" },
    }),
  ];
  using onDisk = open();
  add(onDisk, ...records);
  const broken = openSpool({ directory: "/proc/nowhere", now: () => clock.now });
  add(broken, ...records);
  for (const spool of [onDisk, broken])
    expect(
      spool
        .find({ ...all, ...filter })
        .map(({ service }) => service)
        .sort(),
    ).toEqual(services);
});

test("losses are merged by kind and minute, and a count that nobody knows stays apart", () => {
  using spool = open();
  const loss = { start: NOON, end: NOON + 10, what: "denied-packets" } as const;
  spool.add({
    records: [],
    losses: [
      { ...loss, count: 2 },
      { ...loss, start: NOON + 20, end: NOON + 30, count: 3 },
    ],
  });
  spool.add({ records: [], losses: [loss, { ...loss, what: "connection-events", count: 1 }] });
  expect(spool.losses(NOON)).toEqual(
    expect.arrayContaining([
      { start: NOON, end: NOON + 30, what: "denied-packets", count: 5 },
      { start: NOON, end: NOON + 10, what: "denied-packets" },
      { start: NOON, end: NOON + 10, what: "connection-events", count: 1 },
    ]),
  );
  expect(spool.losses(NOON + 31)).toEqual([]);
  expect(spool.health().lost).toBe(6);
});

test("the file is its owner's alone", () => {
  using spool = open();
  add(spool, record());
  const files = readdirSync(here.directory);
  expect(files).toEqual(expect.arrayContaining(["flows.db", "flows.db-wal"]));
  for (const file of files)
    expect([file, statSync(join(here.directory, file)).mode & 0o777]).toEqual([file, 0o600]);
});

test("what is denied is handed over at once, and what follows in its bucket once, when that is over", () => {
  using spool = open();
  const denied = record({ verdict: "deny" });
  const next = () => {
    const batch = spool.unsent(10);
    spool.acknowledge(batch.upTo);
    return batch.records;
  };
  add(spool, record(), denied);
  // Control: what is allowed waits for its bucket's end.
  expect(next().map(({ verdict }) => verdict)).toEqual(["deny"]);
  add(spool, denied);
  add(spool, denied, record({ verdict: "deny", service: 22 }));
  expect(next().map(({ service }) => service)).toEqual([22]);
  expect(next()).toEqual([]);
  clock.now += 60_000;
  const rest = next();
  expect(rest.map(({ verdict }) => verdict).sort()).toEqual(["allow", "deny"]);
  expect(connections(rest.filter(({ verdict }) => verdict === "deny"))).toBe(2 * denied.connections);
  expect([next(), spool.health().unsent]).toEqual([[], 0]);
});

test("a batch stays what it was until it is acknowledged, over restarts and late records as well", () => {
  {
    using spool = open();
    add(spool, record(), record({ service: 22 }));
    expect(spool.unsent(10).records).toEqual([]);
    clock.now += 60_000;
    const batch = spool.unsent(1);
    expect(batch.records).toHaveLength(1);
    add(spool, record(), record({ service: 22 }));
    expect(spool.unsent(10)).toEqual(batch);
  }
  using spool = open();
  const batch = spool.unsent(10);
  expect(batch.records).toHaveLength(1);
  spool.acknowledge(batch.upTo - 1);
  expect(spool.unsent(10)).toEqual(batch);
  spool.acknowledge(batch.upTo);
  const rest = spool.unsent(10);
  expect(rest.upTo).toBeGreaterThan(batch.upTo);
  expect(connections(batch.records) + connections(rest.records)).toBe(4);
  spool.acknowledge(batch.upTo);
  expect(spool.unsent(10)).toEqual(rest);
  spool.acknowledge(rest.upTo);
  expect(spool.unsent(10)).toEqual({ upTo: rest.upTo, records: [], losses: [] });
  expect(spool.health().unsent).toBe(0);
  expect(connections(spool.find(all))).toBe(4);
});

test("whatever is added, sent, acknowledged and interrupted, everything arrives once", () => {
  // A small generator of its own, so that a run can be repeated.
  const random = generator(20261123);
  const received = new Map<string, number>();
  let [added, restarts, spool] = [0, 0, open()];
  for (let step = 0; step < 2000; step++) {
    const dice = random();
    // The clock goes on, at times back, and at times far off for a while.
    clock.now +=
      Math.floor(random() * 4000) -
      (dice < 0.02 ? 30_000 : 0) +
      (dice > 0.99 ? 1e8 : 0) -
      (dice > 0.98 && dice < 0.985 ? 1e8 : 0);
    const late = Math.floor(random() * 40_000);
    const bucket =
      Math.floor((clock.now - (dice < 0.3 ? late : 0)) / BUCKET_MILLISECONDS) * BUCKET_MILLISECONDS;
    const count = 1 + Math.floor(random() * 5);
    add(spool, record({ bucket, service: Math.floor(random() * 3), connections: count }));
    added += count;
    if (dice > 0.6) {
      const batch = spool.unsent(1 + Math.floor(random() * 5));
      const sum = connections(batch.records);
      if (batch.records.length > 0) {
        // The server knows a batch by its number: what it has had before must be the same.
        expect(received.get(String(batch.upTo)) ?? sum).toBe(sum);
        received.set(String(batch.upTo), sum);
      }
      if (dice > 0.7) spool.acknowledge(batch.upTo);
    }
    if (dice < 0.01) {
      spool[Symbol.dispose]();
      spool = open();
      restarts += 1;
    }
  }
  clock.now += 1e9;
  for (;;) {
    const batch = spool.unsent(7);
    if (batch.records.length === 0) break;
    received.set(String(batch.upTo), connections(batch.records));
    spool.acknowledge(batch.upTo);
  }
  const sum = [...received.values()].reduce((sum, count) => sum + count, 0);
  // What nobody saw while it was closed is no loss of its own.
  const ownLosses = spool.losses(0).filter(({ what }) => what !== "connection-events");
  expect([sum, connections(spool.find(all)), ownLosses]).toEqual([added, added, []]);
  expect(restarts).toBeGreaterThan(5);
  spool[Symbol.dispose]();
});

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test("a writer that is killed loses nothing that it had written", async () => {
  const program = fileURLToPath(new URL("fixtures/writing-child.ts", import.meta.url));
  const child = spawn(process.execPath, [program, here.directory], { stdio: ["ignore", "pipe", "inherit"] });
  let said = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    said = Number(line);
    if (said === 300) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  using spool = open();
  // The last one may be on disk without a word of it.
  expect(said).toBeGreaterThanOrEqual(300);
  expect([said, said + 1]).toContain(connections(spool.find(all)));
  expect(notes).toEqual([]);
});

test.each([
  ["cut to nothing", () => truncateSync(spoolPath(here.directory), 0)],
  ["full of something else", () => writeFileSync(spoolPath(here.directory), "garbage ".repeat(5000))],
  ["torn in the middle", () => truncateSync(spoolPath(here.directory), 3 * 4096)],
  ["overwritten in the middle", () => overwriteMiddle()],
  ["another program's", () => anotherProgram()],
])("a file that is %s is set aside, a fresh one begun, and it is said", (_how, damage) => {
  {
    using spool = open();
    add(spool, ...Array.from({ length: 2000 }, (_, at) => record({ service: at })));
  }
  damage();
  using spool = open();
  expect(notes.map(({ code }) => code)).toEqual(["daemon/spool-damaged"]);
  expect(spool.losses(0)).toEqual([expect.objectContaining({ what: "spool-broken", end: clock.now })]);
  expect(spool.losses(0)[0]?.count).toBeUndefined();
  expect(spool.health()).toMatchObject({ records: 0, trouble: undefined });
  add(spool, record());
  expect(spool.find(all)).toHaveLength(1);
  expect(readdirSync(here.directory).filter((name) => name.includes("-corrupt-"))).toHaveLength(1);
});

function overwriteMiddle(): void {
  const path = spoolPath(here.directory);
  const { size } = statSync(path);
  truncateSync(path, 2 * 4096);
  appendFileSync(path, Buffer.alloc(size - 2 * 4096, 0xa5));
}

function anotherProgram(): void {
  rmSync(spoolPath(here.directory));
  const database = openToMake(spoolPath(here.directory));
  database.exec("CREATE TABLE theirs (a)");
  database.close();
}

test("of damaged files the last two are kept", () => {
  for (let at = 0; at < 4; at++) {
    open()[Symbol.dispose]();
    truncateSync(spoolPath(here.directory), 0);
    clock.now += 1000;
  }
  open()[Symbol.dispose]();
  expect(readdirSync(here.directory).filter((name) => name.includes("-corrupt-"))).toHaveLength(2);
});

test("from the last that is told of until it is opened again, nobody has watched: that is a loss", () => {
  {
    using first = open();
    expect(first.losses(0)).toEqual([]);
    add(first, record({ bucket: NOON, start: NOON, end: NOON + 900 }));
  }
  clock.now = NOON + 60_000;
  const unseen = { what: "connection-events", start: NOON - 100, end: NOON + 60_000 };
  {
    using again = open();
    expect(again.losses(0)).toEqual([unseen]);
  }
  using atOnce = open();
  expect(atOnce.losses(0)).toEqual([unseen]);
});

test("a file that is removed or cut under the spool is missed at once, and how much it held is known", () => {
  using spool = open();
  add(spool, record(), record({ service: 22 }));
  rmSync(spoolPath(here.directory));
  add(spool, record({ service: 80 }));
  expect(spool.losses(0)).toEqual([{ start: clock.now, end: clock.now, what: "spool-broken", count: 2 }]);
  expect(spool.find(all).map(({ service }) => service)).toEqual([80]);
  truncateSync(spoolPath(here.directory), 0);
  add(spool, record({ service: 443 }));
  expect(spool.find(all).map(({ service }) => service)).toEqual([443]);
  expect(notes.map(({ code }) => code)).toContain("daemon/spool-damaged");
});

test("what a newer version wrote is refused and stays as it is", () => {
  open()[Symbol.dispose]();
  const database = openToWrite(spoolPath(here.directory));
  database.pragma("user_version = 99");
  database.close();
  expect(() => open()).toThrow(expect.objectContaining({ code: "daemon/spool-newer" }));
  expect(readdirSync(here.directory)).toEqual(["flows.db"]);
});

test("the oldest go when it is too large, and are counted unless somebody has them", () => {
  using spool = open({ bytes: 400_000 });
  let added = 0;
  const fill = (until: number) => {
    for (; added < until; added++) {
      clock.now = NOON + added * BUCKET_MILLISECONDS;
      add(
        spool,
        ...Array.from({ length: 100 }, (_, at) =>
          record({ bucket: clock.now, service: at, remote: { address: `10.0.${added % 256}.${at}` } }),
        ),
      );
    }
  };
  fill(20);
  const batch = spool.unsent(1000);
  spool.acknowledge(batch.upTo);
  const onItsWay = spool.unsent(300);
  fill(100);
  const { bytes, records } = spool.health();
  expect(bytes).toBeLessThanOrEqual(400_000);
  const lost = spool.losses(0);
  expect(new Set(lost.map(({ what }) => what))).toEqual(new Set(["spool-full"]));
  // All that was added is here, was taken, or is counted as lost.
  const counted = lost.reduce((sum, { count }) => sum + (count ?? 0), 0);
  expect(records + batch.records.length + counted).toBe(10_000);
  expect(spool.unsent(1)).toEqual(onItsWay);
  expect(spool.health().oldest).toBe(onItsWay.records[0]?.bucket);
});

test("the words of records that have gone go as well", () => {
  using spool = open({ bytes: 400_000 });
  for (let at = 0; at < 100; at++) {
    clock.now = NOON + at * 120_000;
    const remote = (peer: number) => ({ address: `10.0.${at}.${peer}` });
    const peers = Array.from({ length: 100 }, (_, peer) =>
      record({ bucket: clock.now, remote: remote(peer) }),
    );
    add(spool, ...peers);
  }
  const { records } = spool.health();
  const database = openToWrite(spoolPath(here.directory));
  const words = database.prepare("SELECT count(*) FROM word").pluck().get() as number;
  database.close();
  expect(words).toBeLessThan(records + 5000);
  expect(spool.find(all)).toHaveLength(records);
});

test("what is too old goes, counted", () => {
  using spool = open({ milliseconds: 60_000 });
  add(spool, record(), record({ service: 22 }));
  clock.now += 120_000;
  add(spool, record({ bucket: NOON + 120_000 }));
  expect(spool.health().records).toBe(1);
  expect(spool.losses(0)).toEqual([
    { start: NOON, end: NOON + BUCKET_MILLISECONDS, what: "spool-full", count: 2 },
  ]);
});

test.runIf(process.geteuid?.() === 0)(
  "a disk that is full, then read-only, then neither, costs nothing but memory",
  () => {
    const program = fileURLToPath(new URL("fixtures/small-disk-child.ts", import.meta.url));
    // In a mount namespace of its own: the small disk goes with the process.
    const words = ["--mount", "--", process.execPath, program, here.directory];
    const { stdout, stderr } = spawnSync("unshare", words, { encoding: "utf8" });
    expect(stderr.replaceAll(/.*ExperimentalWarning.*\n.*\n/g, "")).toBe("");
    const seen = { connections: 0, lost: 0 };
    const [before, full, room, readOnly, end] = JSON.parse(stdout) as [
      object,
      object,
      object,
      object,
      object,
    ];
    expect(before).toEqual({ ...seen, connections: 10, trouble: false });
    expect(full).toEqual({ ...seen, connections: 3010, trouble: true });
    expect(room).toEqual({ ...seen, connections: 3011, trouble: false });
    expect(readOnly).toMatchObject({ lost: 0, trouble: true });
    expect(end).toEqual({ ...seen, connections: 3022, trouble: false });
  },
);

test("a directory that cannot be written is said once, what comes is kept up to a bound, and it recovers by itself", () => {
  const directory = join(here.directory, "state");
  // A file stands in the directory's place: not even root can write into that.
  writeFileSync(directory, "");
  using spool = openSpool({
    directory,
    limits: { held: 10 },
    now: () => clock.now,
    tell: (note) => void notes.push(note),
  });
  for (let at = 0; at < 25; at++) add(spool, record({ service: at }));
  expect(notes.map(({ code }) => code)).toEqual(["daemon/spool-unwritable"]);
  expect(spool.health()).toMatchObject({ records: 10, lost: 15, trouble: expect.stringContaining("state") });
  expect(spool.find(all)).toHaveLength(10);
  rmSync(directory);
  clock.now += 5000;
  add(spool, record({ service: 25 }));
  expect(spool.health()).toMatchObject({ records: 11, lost: 15, trouble: undefined });
  chmodSync(directory, 0o700);
  expect(spool.losses(0)).toEqual([expect.objectContaining({ what: "spool-broken", count: 15 })]);
});
