/** What the dashboard costs its reader: bytes and time to the first view, and frames a second of a big map. */

import { join } from "node:path";
import { FlowPageView, SummaryView, TimelineView } from "@bulkhead/server/api/flow-shapes.ts";
import { HostView, InventoryHost, StatusView } from "@bulkhead/server/api/shapes.ts";
import { type Route, route } from "@bulkhead/server/http/route.ts";
import { runServer } from "@bulkhead/server/http/testing/running-server.ts";
import type { Page } from "playwright-core";
import { z } from "zod";
import { Reader } from "../dashboard/browser.ts";
import { type Benchmark, interleave, type Measurement, undisturbed, undisturbedTime } from "./measure.ts";

const FOLDER = join(import.meta.dirname, "../../dashboard/dist");
const SIZE = { segments: 200, hosts: 2_000, edges: 10_000 };
const ROUNDS = 5;
const FRAMES_SECONDS = 2;
const GOAL_BYTES = 500_000;
const GOAL_MILLISECONDS = 1_000;

const VERDICTS = ["allow", "allow", "allow", "would-deny", "deny"] as const;

/** A server as it is, with answers of a big estate behind it. */
function bigEstate(): readonly Route[] {
  const name = (n: number) => `host-${n % SIZE.hosts}`;
  const segment = (n: number) => `segment-${(n % SIZE.hosts) % SIZE.segments}`;
  const hosts = Array.from(
    { length: SIZE.hosts },
    (_, n): HostView => ({
      name: name(n),
      labels: { role: segment(n) },
      addresses: [`10.${n >> 8}.${n & 255}.1`],
      segments: [segment(n)],
      connected: true,
      joinedAt: 0,
      seenAt: 0,
      leaseEndsAt: null,
      lapsedAt: null,
      isolated: null,
      sync: { state: "in-sync" },
      version: 1,
      follows: 1,
      modes: { ingress: "enforce", egress: "enforce" },
      since: 0,
    }),
  );
  const edges = Array.from({ length: SIZE.edges }, (_, n) => ({
    source: { host: name(n), segment: segment(n) },
    destination: { host: name(n * 7 + 13), segment: segment(n * 7 + 13) },
    service: `tcp/${1_000 + (n % 50)}`,
    verdict: VERDICTS[n % VERDICTS.length] ?? "allow",
    ...{
      flows: 1,
      unconfirmed: 0,
      connections: (n % 90) + 1,
      packets: n,
      bytes: n * 1_000,
      start: 0,
      end: 0,
    },
  }));
  const many = { joined: SIZE.hosts, connected: SIZE.hosts, inSync: SIZE.hosts };
  const status = { version: "1", startedAt: 0, fingerprint: "", agents: "", policy: 1, hosts: many };
  const answers: readonly (readonly [path: string, shape: z.ZodType, answer: unknown])[] = [
    ["status", StatusView, status],
    ["hosts", z.array(HostView), hosts],
    ["inventory", z.array(InventoryHost), []],
    ["policies", z.array(z.unknown()), []],
    ["flows", FlowPageView, { flows: [], next: null }],
    ["flows/summary", SummaryView, { edges, more: 0, deniedPerMinute: [] }],
    [
      "flows/timeline",
      TimelineView,
      { step: 60_000, slots: [{ at: 0, allowed: 3, wouldDeny: 1, denied: 1 }] },
    ],
  ];
  return answers.map(([path, answer, told]) =>
    route({
      method: "GET",
      path: `/api/v1/${path}`,
      role: "viewer",
      summary: "a benchmark",
      query: z.strictObject(
        Object.fromEntries(["since", "step", "limit", "verdict"].map((key) => [key, z.string().optional()])),
      ),
      answer,
      handler: () => told as never,
    }),
  );
}

/** Frames a second while the page is dragged about, as `requestAnimationFrame` counts them. */
async function framesPerSecond(page: Page): Promise<number> {
  const counting = page.evaluate<number>(`new Promise((resolve) => {
    const began = performance.now();
    let frames = 0;
    const next = () => {
      frames += 1;
      const seconds = (performance.now() - began) / 1000;
      if (seconds < ${FRAMES_SECONDS}) requestAnimationFrame(next);
      else resolve(frames / seconds);
    };
    requestAnimationFrame(next);
  })`);
  let isCounting = true;
  const result = counting.finally(() => {
    isCounting = false;
  });
  await page.mouse.move(500, 450);
  await page.mouse.down();
  for (let step = 0; isCounting; step += 1) await page.mouse.move(500 + 120 * Math.sin(step / 6), 450);
  await page.mouse.up();
  return result;
}

/** Milliseconds from asking for an address until this is there. */
async function timeTo(page: Page, url: string, sign: string): Promise<number> {
  const began = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.locator(sign).first().waitFor();
  return performance.now() - began;
}

async function run(tell: (progress: string) => void): Promise<readonly Measurement[]> {
  await using server = await runServer({
    routes: bigEstate(),
    pages: { folder: FOLDER },
    rates: { requests: 1e9 },
  });
  const reader = await Reader.open();
  try {
    const { page } = reader;
    const at = (path: string) => `https://127.0.0.1:${server.server.port}${path}`;
    const { secret } = server.accounts.makeSignInLink();
    tell("the first view");
    await page.goto(at(`/signin/${secret}`));
    await page.locator(".share").waitFor();
    const [sent, whole] = await page.evaluate<[number, number]>(`(() => {
      const own = performance.getEntries().filter(({ name }) => name.startsWith("https:") && !name.includes("/api/"));
      const sum = (key) => own.reduce((total, entry) => total + (entry[key] ?? 0), 0);
      return [sum("encodedBodySize"), sum("decodedBodySize")];
    })()`);
    const times = await interleave(
      {
        view: () => timeTo(page, at("/"), ".share"),
        bare: () => timeTo(page, at("/pressable.css"), "pre"),
      },
      ROUNDS,
      tell,
    );
    const view = undisturbedTime(times.view);
    const bare = undisturbedTime(times.bare);
    tell("a big map");
    const frames = await interleave(
      {
        segments: () => mapFrames(page, at("/map"), 0),
        hosts: () => mapFrames(page, at("/map"), 3),
        empty: async () => {
          await page.goto(at("/settings"));
          return framesPerSecond(page);
        },
      },
      3,
      tell,
    );
    const empty = undisturbed(frames.empty);
    const map = (name: string, values: readonly number[]): Measurement => {
      const value = undisturbed(values);
      const peer = "a page with nothing on it, the same browser";
      return { name, value, unit: "/s", peer, peerValue: empty, ratio: value / empty };
    };
    const big = `${SIZE.segments} segments, ${SIZE.hosts} hosts, ${SIZE.edges} edges`;
    return [
      {
        ...{ name: "dashboard, first view, sent", value: sent / 1_000, unit: "kB", ratio: sent / whole },
        ...{ peer: "the same before compression", peerValue: whole / 1_000 },
        ...{ goal: "<= 500 kB", met: sent <= GOAL_BYTES },
      },
      {
        ...{ name: "dashboard, time to the first view", value: view, unit: "ms", ratio: view / bare },
        ...{ peer: "a small file of the same server", peerValue: bare },
        ...{ goal: "<= 1 s", met: view <= GOAL_MILLISECONDS },
      },
      map(`dashboard, map of ${big}, by segment`, frames.segments),
      map(`dashboard, map of ${big}, by host`, frames.hosts),
    ];
  } finally {
    await reader.end();
  }
}

async function mapFrames(page: Page, url: string, nearer: number): Promise<number> {
  await page.goto(url);
  await page.locator(".map-canvas canvas").first().waitFor();
  await page.locator(".links li").first().waitFor();
  for (let step = 0; step < nearer; step += 1) {
    await page.getByRole("button", { name: "Nearer" }).click();
    await page.waitForTimeout(200);
  }
  return framesPerSecond(page);
}

export const dashboard: Benchmark = {
  name: "dashboard",
  about: "bytes and time to the dashboard's first view, frames a second of a big map",
  by: "anybody",
  run,
};
