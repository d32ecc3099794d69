/** What a day of ordinary traffic alarms, through the real ingest, and what is found among it. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { chance, OrdinaryDay, SHOP, SHOP_POLICY } from "./ordinary-day.ts";
import { AlertStand, DAY, HOUR, MINUTE, MONDAY, record } from "./stand.ts";

const stand = new AlertStand();
const opened = () => Object.fromEntries(stand.alerts.counts.opened);
/** `kind about` -> minutes from its first sign until it was told. */
const found = new Map<string, number>();
/** Kind -> how many were opened on the day on which nothing happened. */
const falseAlarms: { [kind: string]: number } = {};

/** A day from its midnight, or its first minutes; `also` may add to what a host says. */
function live(
  seed: number,
  { minutes = DAY / MINUTE, also = () => {} }: { minutes?: number; also?: (minute: number) => void } = {},
): void {
  const begin = stand.clock.now;
  let minute = 0;
  for (const said of new OrdinaryDay(begin, seed).minutes()) {
    if (minute === minutes) return;
    stand.clock.now = begin + (minute + 1) * MINUTE;
    for (const [host, records] of said) stand.report(host, records);
    also(minute);
    stand.well(SHOP.map(({ name }) => name));
    stand.alerts.tick();
    minute += 1;
  }
}

const addressOf = (name: string) => SHOP.find((host) => host.name === name)?.address ?? "";
const DENIED = { verdict: "deny", rule: null } as const;
const SCAN = { from: 60, minutes: 3, perMinute: 12 };
const FAN_OUT = { from: 120, minutes: 8, perMinute: 4 };
const BEACON = { from: 10, step: 5 };
const random = chance(3);

/** web-3 goes through the services of db-1; app-1 through the neighbourhood, by one service; nginx of web-2 asks somebody for orders, all at its own pace. */
function attack(minute: number): void {
  const start = MONDAY + 9 * DAY + minute * MINUTE;
  const within = (some: { from: number; minutes: number }) =>
    minute >= some.from && minute < some.from + some.minutes;
  const out = { direction: "egress", start: start + random() * 50_000 } as const;
  const floor = { ...out, start: Math.floor(out.start) };
  if (within(SCAN))
    stand.report(
      "db-1",
      Array.from({ length: SCAN.perMinute }, (_, at) =>
        record({
          ...{ ...floor, ...DENIED, direction: "ingress" },
          local: { address: addressOf("db-1") },
          remote: { address: addressOf("web-3") },
          service: 20 + (minute - SCAN.from) * SCAN.perMinute + at,
        }),
      ),
    );
  if (within(FAN_OUT))
    stand.report(
      "app-1",
      Array.from({ length: FAN_OUT.perMinute }, (_, at) =>
        record({
          ...{ ...floor, ...DENIED, service: 445 },
          local: { address: addressOf("app-1") },
          remote: { address: `10.0.7.${(minute - FAN_OUT.from) * FAN_OUT.perMinute + at}` },
        }),
      ),
    );
  if (minute >= BEACON.from && (minute - BEACON.from) % BEACON.step === 0)
    stand.report("web-2", [
      record({
        // A tenth of chance in its steps.
        ...{ ...floor, start: Math.floor(start + random() * 0.1 * BEACON.step * MINUTE) },
        local: { address: addressOf("web-2"), unit: "nginx.service" },
        remote: { address: "192.0.2.66" },
      }),
    ]);
  const begins: { [kind: string]: number } = {
    "port-scan": SCAN.from,
    "fan-out": FAN_OUT.from,
    beacon: BEACON.from,
  };
  for (const { kind, about } of stand.alerts.open())
    if (!found.has(`${kind} ${about}`))
      found.set(`${kind} ${about}`, minute + 1 - (begins[kind] ?? Number.NaN));
}

beforeAll(() => {
  stand.join(SHOP);
  stand.provision(SHOP_POLICY);
  live(1);
  // A week has passed like this.
  stand.clock.now += 7 * DAY;
  const before = opened();
  live(2);
  for (const [kind, count] of Object.entries(opened())) falseAlarms[kind] = count - (before[kind] ?? 0);
  live(4, { minutes: (3 * HOUR) / MINUTE, also: attack });
}, 240_000);
afterAll(() => stand[Symbol.dispose]());

test("a day of ordinary traffic alarms nobody", () => {
  expect(Object.entries(falseAlarms).filter(([, count]) => count > 0)).toEqual([]);
});

test("a scan, a fan-out and a beacon are found among it, each once, soon after they began, and nothing else", () => {
  expect(Object.fromEntries(found)).toEqual({
    // The sixteenth service.
    "port-scan 10.0.0.12": 2,
    // The twentieth peer, four a minute.
    "fan-out 10.0.0.20": 5,
    // The sixteenth call, every five minutes.
    "beacon web-2 nginx.service 192.0.2.66 tcp/443": 15 * BEACON.step + 1,
  });
});

test("what was found says who it was, and what of", () => {
  const words = (kind: string) => stand.alerts.latest(100).find((alert) => alert.kind === kind)?.words;
  expect(words("port-scan")).toMatch(
    /^web-3 \(10\.0\.0\.12\) tried \d+ services of db-1 in ten minutes, all denied/,
  );
  const [, peers] =
    words("fan-out")?.match(
      /^app-1 \(10\.0\.0\.20\) tried (\d+) peers in ten minutes, all denied \(tcp\/445\)$/,
    ) ?? [];
  // An alert that is open is told anew once a minute: what it says may lag by as much.
  expect(Number(peers)).toBeGreaterThanOrEqual((FAN_OUT.minutes - 1) * FAN_OUT.perMinute);
  expect(Number(peers)).toBeLessThanOrEqual(FAN_OUT.minutes * FAN_OUT.perMinute);
  expect(words("beacon")).toMatch(/^nginx\.service of web-2 calls 192\.0\.2\.66 \(tcp\/443\) every/);
});
