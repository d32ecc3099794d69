import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { flowLine } from "@bulkhead/shared/flow/flow-line.ts";
import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import { plain } from "@bulkhead/terminal/colour.ts";
import { failed } from "@bulkhead/terminal/failure.ts";
import { Output } from "@bulkhead/terminal/output.ts";
import { run } from "@bulkhead/terminal/program.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serveControl } from "../control/control-server.ts";
import { type FlowSource, flowRoutes } from "../control/flow-routes.ts";
import { Followers } from "../report/followers.ts";
import { openSpool } from "../report/open-spool.ts";
import type { Spool } from "../report/spool.ts";
import { LiveFlows } from "./live-table.ts";
import { PROGRAM } from "./program.ts";
import { flowsTable, flowText } from "./words/flows.ts";
import { lossesText } from "./words/losses.ts";
import { bytesText } from "./words/quantities.ts";

const NOW = Date.now();
const here = { directory: "" };

beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-flows-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

function record(some: Partial<FlowRecord> = {}): FlowRecord {
  const bucket = Math.floor(NOW / 10_000) * 10_000;
  return {
    bucket,
    start: NOW - 2000,
    end: NOW - 1000,
    direction: "egress",
    verdict: "allow",
    local: { address: "10.0.0.11", unit: "shop.service", user: "shop", executable: "/usr/bin/shop", pid: 7 },
    remote: { address: "10.0.0.21", host: "db-1", segment: "db" },
    protocol: 6,
    service: 5432,
    rule: { name: "orders", file: "shop.yaml", line: 12 },
    connections: 3,
    packets: 30,
    bytes: 12_345,
    ended: 1,
    lasted: 100,
    ...some,
  };
}

const DENIED = record({
  direction: "ingress",
  verdict: "deny",
  local: { address: "10.0.0.11", executable: "/usr/sbin/sshd" },
  remote: { address: "192.0.2.7" },
  service: 22,
  rule: null,
  connections: 1,
  bytes: 60,
  end: NOW - 5000,
});

class Memory extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    this.emit("text");
    done();
  }
}

/** What the program says of this state directory and of the daemon that listens there. */
async function bulkheadAgent(
  out: Memory,
  ...words: string[]
): Promise<{ code: number; out: string; err: string }> {
  const err = new Memory();
  const terminal = { program: PROGRAM.name, out: new Output(out), err: new Output(err) };
  const all = [...words, "--state-dir", here.directory];
  const code = await run(PROGRAM, all, terminal).catch((error: unknown) => failed(error, terminal));
  return { code, out: out.text, err: err.text };
}

function serve(spool: Spool, followers = new Followers()): Promise<AsyncDisposable> {
  const source: FlowSource = {
    find: (question) => spool.find(question),
    losses: (since) => spool.losses(since),
    follow: (question, tell) => followers.follow(question, tell),
  };
  return serveControl({
    path: join(here.directory, "agent.sock"),
    routes: flowRoutes(source),
    group: "none such",
  });
}

const spoolHere = () => openSpool({ directory: here.directory, now: Date.now });

test("flows are a table that is understood at a glance", () => {
  const end = (hour: number) => new Date(2026, 10, 23, hour, 3, 7).getTime();
  const now = end(14);
  const flows = [
    record({ end: end(12) }),
    record({ ...DENIED, end: end(11) }),
    record({
      end: end(10),
      verdict: "would-deny",
      local: { address: "a" },
      remote: { address: "fd00::21", segment: "db" },
      rule: { name: "shop.yaml:9", file: "shop.yaml", line: 9 },
      protocol: 1,
      service: 2048,
      connections: 1234,
      bytes: 5e9,
    }),
  ].map(flowLine);
  expect(flowsTable(flows, { paint: plain, columns: undefined, now })).toBe(
    `last seen  verdict     here        peer           service            conns   bytes  rule
12:03:07   allow       shop     →  db-1 (db)      tcp/5432               3   12 kB  orders (shop.yaml:12)
11:03:07   deny        sshd     ←  192.0.2.7      tcp/22                 1    60 B  no rule allows it
10:03:07   would-deny  unknown  →  fd00::21 (db)  icmp/echo-request   1234  5.0 GB  shop.yaml:9
`,
  );
  const another = flowsTable(flows, { paint: plain, columns: undefined, now: now + 86_400_000 });
  expect(another).toContain("2026-11-23 12:03:07  allow");
});

test("a narrow terminal gets a table that fits", () => {
  const flows = [
    record({ remote: { address: "10.0.0.21", host: "a-host-with-quite-a-long-name.example" } }),
    DENIED,
  ];
  for (const columns of [60, 80, 100, 140]) {
    const lines = flowsTable(flows.map(flowLine), { paint: plain, columns, now: NOW }).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(Math.max(columns, 74));
  }
});

test("hostile names are shown as text", () => {
  const line = flowLine(
    record({ local: { address: "a", unit: "\u001b[2Jgone" }, remote: { address: "b", host: "x\nforged" } }),
  );
  const look = { paint: plain, columns: undefined, now: NOW };
  expect(flowsTable([line], look)).toContain("\\x1b[2Jgone");
  expect(flowText(line, look)).toContain("x\\nforged");
  expect(flowText(line, look).split("\n")).toHaveLength(2);
});

test("what was not recorded is said, and how much of it as far as it is known", () => {
  const loss = { start: 0, end: 1 };
  expect(
    lossesText(
      [
        { ...loss, what: "denied-beyond-rate", count: 5 },
        { ...loss, what: "denied-beyond-rate", count: 7 },
        { ...loss, what: "connection-events" },
        { ...loss, what: "spool-full", count: 1 },
        { ...loss, what: "spool-full" },
      ],
      plain,
    ),
  ).toBe(`not recorded in this time:
  12 denied packets: beyond the rate at which single ones are told
  messages about connections, nobody knows how many: came faster than they were read
  more than 1 record: dropped, the oldest first, to stay within the limits
`);
  expect(lossesText([], plain)).toBe("");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9949, "9.9 kB"],
  [9951, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [2e18, "2000 PB"],
])("%i bytes are %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test("the daemon is asked, with all that narrows the question", async () => {
  using spool = spoolHere();
  spool.add({
    records: [record(), DENIED],
    losses: [{ start: NOW - 1000, end: NOW, what: "denied-packets", count: 2 }],
  });
  await using _server = await serve(spool);
  const all = await bulkheadAgent(new Memory(), "flows");
  expect(all).toMatchObject({ code: 0, err: "" });
  expect(all.out).toMatch(/tcp\/5432.*\n.*tcp\/22.*\nnot recorded in this time:\n {2}2 denied packets/);
  const services = async (...words: string[]) => {
    const { out } = await bulkheadAgent(new Memory(), "flows", "--json", ...words);
    return out
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).service);
  };
  expect(await services()).toEqual(["tcp/5432", "tcp/22"]);
  expect(await services("--denied")).toEqual(["tcp/22"]);
  expect(await services("--unit", "shop")).toEqual(["tcp/5432"]);
  expect(await services("--peer", "192.0.2.0/24")).toEqual(["tcp/22"]);
  expect(await services("--direction", "egress")).toEqual(["tcp/5432"]);
  expect(await services("--limit", "1")).toEqual(["tcp/5432"]);
  expect((await bulkheadAgent(new Memory(), "flows", "--limit", "1")).err).toContain("only the latest 1");
  expect((await bulkheadAgent(new Memory(), "flows", "--peer", "nobody")).out).toContain(
    "nothing like this was seen in the last 1h\n",
  );
});

test("where no daemon runs, what it left is shown, and that nothing new comes", async () => {
  const nothing = await bulkheadAgent(new Memory(), "flows");
  expect([nothing.code, nothing.err]).toEqual([3, expect.stringContaining("[daemon/not-running]")]);
  {
    using spool = spoolHere();
    spool.add({ records: [record()], losses: [] });
  }
  const { code, out, err } = await bulkheadAgent(new Memory(), "flows");
  expect([code, out]).toEqual([0, expect.stringContaining("tcp/5432")]);
  expect(err).toContain("nothing new is being recorded");
});

test("following tells what is seen as it is seen, until one has heard enough", async () => {
  using spool = spoolHere();
  const followers = new Followers();
  await using _server = await serve(spool, followers);
  const out = new Memory();
  const done = bulkheadAgent(out, "flows", "--follow", "--denied");
  // Nobody tells when the daemon has taken the question: it is told until it has.
  while (out.text === "") {
    followers.tell([record(), DENIED]);
    await new Promise(setImmediate);
  }
  process.emit("SIGINT");
  const { code, err } = await done;
  expect([code, err]).toEqual([0, ""]);
  expect(out.text).toMatch(
    /^\S+ {2}deny {8}sshd ← 192\.0\.2\.7 {2}tcp\/22 {2}1x, 60 B {2}no rule allows it\n/,
  );
  expect(out.text).not.toContain("5432");
});

test("the live table adds up what is alike, the latest on top", () => {
  const live = new LiveFlows();
  for (const one of [record(), DENIED, record({ local: { ...record().local, pid: 8 } })])
    live.add(flowLine(one));
  expect(live.latest(10).map(({ service, connections }) => [service, connections])).toEqual([
    ["tcp/5432", 6],
    ["tcp/22", 1],
  ]);
  expect(live.count).toBe(2);
});
