/** What receivers are told, by whatever goes wrong on the way: a real receiver by HTTPS, real stores, a clock that the test sets. */

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { egress, ingress, later, NOON, tell } from "../store/flows/fixtures/reports.ts";
import { DEFAULT_RETENTION } from "../store/flows/retention.ts";
import { type HttpsReceiver, httpsReceiver, type Received } from "./fixtures/https-receiver.ts";
import { openStand, type Stand, type StandOptions } from "./fixtures/stand.ts";
import type { ReceiverSecrets, ReceiverSpec } from "./receiver.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let hook: HttpsReceiver;
let stand: Stand;
beforeEach(async () => {
  hook = await httpsReceiver();
});
afterEach(async () => {
  await stand?.[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
});

const webhook = (more: Partial<ReceiverSpec> = {}): ReceiverSpec => ({
  target: { kind: "webhook", url: hook.url, ca: hook.ca, format: "json" },
  what: ["alerts", "events"],
  choice: {},
  ...more,
});

interface Told {
  readonly id: string;
  readonly kind: string;
  readonly event?: { readonly kind: string; readonly about: string };
  readonly flow?: { readonly service: string; readonly confirmed: boolean };
  readonly late?: boolean;
}
const itemsOf = ({ body }: Received): Told[] => JSON.parse(body).items;
/** Of those requests that were answered with success. */
const allTold = (received: readonly Received[]): Told[] => received.flatMap(itemsOf);
const kinds = (received: readonly Received[]) => allTold(received).map(({ event }) => event?.kind);

function begin(
  options: StandOptions = {},
  spec: Partial<ReceiverSpec> = {},
  secrets: ReceiverSecrets = {},
): void {
  stand = openStand(options);
  stand.exports.add({ name: "hook", spec: webhook(spec), secrets, by: "anna" });
}

test("a receiver is told what happens after it was added, once, in order", async () => {
  stand = openStand();
  stand.happen("before");
  stand.exports.add({ name: "hook", spec: webhook(), secrets: {}, by: "anna" });
  for (const kind of ["one", "two", "three"]) stand.happen(kind);
  await stand.until("hook", ({ told }) => told === 3);
  await stand.restart();
  stand.happen("four");
  await stand.until("hook", ({ told }) => told === 4);
  expect(kinds(hook.received)).toEqual(["one", "two", "three", "four"]);
  expect(new Set(allTold(hook.received).map(({ id }) => id)).size).toBe(4);
  expect(hook.received[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "user-agent": "bulkhead/1.2.3",
  });
});

test("it can be told of what was before it was added", async () => {
  stand = openStand();
  stand.happen("long ago");
  stand.clock.now += DAY;
  stand.happen("lately");
  stand.exports.add({
    name: "hook",
    spec: webhook(),
    secrets: {},
    by: "anna",
    since: stand.clock.now - MINUTE,
  });
  await hook.until((received) => kinds(received).length >= 1);
  expect(kinds(hook.received)).toEqual(["lately"]);
});

test("a request is signed with the secret and the time, and bears the headers that were given", async () => {
  const secret = "a secret that nobody guesses";
  begin({}, {}, { secret, headers: { Authorization: "Bearer abc" } });
  stand.happen("one");
  await hook.until((received) => received.length > 0);
  const [{ headers, body } = { headers: {}, body: "" }] = hook.received;
  const seconds = Math.floor(stand.clock.now / 1000);
  const mac = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  expect(headers).toMatchObject({
    authorization: "Bearer abc",
    "bulkhead-signature": `t=${seconds},v1=${mac}`,
  });
});

test("a receiver that is away for a day is told everything when it is back, flows as well", async () => {
  begin({}, { what: ["alerts", "events", "flows"] });
  hook.answer = () => ({ status: 503 });
  for (let hour = 0; hour < 24; hour++) {
    stand.clock.now = NOON + hour * 60 * MINUTE;
    const service = 1_000 + hour;
    tell(
      stand.flows,
      egress({ bucket: stand.clock.now, service }),
      ingress({ bucket: stand.clock.now, service }),
    );
    stand.happen(`hour-${hour}`);
    stand.clock.now += 3 * MINUTE;
    stand.compact();
  }
  await hook.until((received) => received.length >= 3);
  expect(stand.exports.find("hook").progress).toMatchObject({
    told: 0,
    why: expect.stringContaining("status 503"),
  });
  await stand.restart();
  const before = hook.received.length;
  hook.answer = () => ({ status: 200 });
  await stand.until("hook", ({ told }) => told >= 48);
  const told = allTold(hook.received.slice(before));
  const services = told.flatMap(({ flow }) => (flow?.confirmed ? flow.service : []));
  expect(services).toEqual(Array.from({ length: 24 }, (_, hour) => `tcp/${1_000 + hour}`));
  expect(told.flatMap(({ event }) => event?.kind ?? [])).toEqual(
    Array.from({ length: 24 }, (_, hour) => `hour-${hour}`),
  );
  expect(stand.exports.find("hook").progress).toMatchObject({
    failingSince: null,
    missedEvents: 0,
    missedRecords: 0,
  });
});

test("what retention removes before it could be told is counted, and nothing else", async () => {
  const levels = [{ width: 10_000, keep: 60 * MINUTE }];
  begin({ retention: () => ({ ...DEFAULT_RETENTION, levels }) }, { what: ["flows"] });
  hook.answer = () => ({ status: 503 });
  tell(stand.flows, egress(), egress({ service: 1 }), egress({ bucket: later(3) }));
  stand.clock.now = NOON + DAY;
  stand.compact();
  expect(stand.exports.find("hook").progress.missedRecords).toBe(3);
  await stand.exports.pause("hook");
  tell(stand.flows, egress({ bucket: stand.clock.now }));
  stand.clock.now += DAY;
  stand.compact();
  expect(stand.exports.find("hook").progress.missedRecords).toBe(4);
  hook.answer = () => ({ status: 200 });
  await stand.exports.resume("hook");
  tell(stand.flows, egress({ bucket: stand.clock.now, service: 7 }));
  stand.clock.now += 3 * MINUTE;
  stand.exports.wake();
  await stand.until("hook", ({ told }) => told === 1);
  stand.clock.now += DAY;
  stand.compact();
  expect(stand.exports.find("hook").progress.missedRecords).toBe(4);
});

test("what a host tells of late is told again under the same name, and forgotten when everybody was told", async () => {
  begin({}, { what: ["flows"] });
  tell(stand.flows, egress());
  stand.clock.now += 3 * MINUTE;
  stand.exports.wake();
  await hook.until((received) => allTold(received).length >= 1);
  tell(stand.flows, ingress());
  stand.exports.wake();
  await hook.until((received) => allTold(received).length >= 2);
  const [first, second] = allTold(hook.received);
  expect(second).toMatchObject({ id: first?.id, late: true, flow: { confirmed: true } });
  expect(first).toMatchObject({ late: false, flow: { confirmed: false } });
  expect(stand.flows.lastLate()).toBe(1);
  await stand.until("hook", ({ told }) => told === 2);
  stand.exports.tick();
  expect(stand.flows.closed({ moment: NOON + DAY, width: MINUTE, after: 0, late: 0 }, 10).flows).toEqual([]);
});

test.each([301, 302, 307, 308])("a redirect (%i) is not followed, and is a failure", async (status) => {
  const elsewhere = await httpsReceiver("http");
  begin();
  hook.answer = () => ({ status, headers: { location: elsewhere.url } });
  stand.happen("one");
  await hook.until((received) => received.length >= 3);
  expect(stand.exports.find("hook").progress.why).toMatch(/status 30\d; redirects are not followed/);
  expect(elsewhere.received).toEqual([]);
  await elsewhere[Symbol.asyncDispose]();
});

test("nothing that a receiver answers is shown to anybody", async () => {
  begin();
  hook.answer = () => ({ status: 500, body: "the secrets of the inner network" });
  expect(await stand.exports.test("hook", "anna")).toEqual({
    delivered: false,
    why: `${new URL(hook.url).origin} answers with status 500`,
  });
});

test("a receiver of another name than its certificate's, or of another authority, is told nothing", async () => {
  stand = openStand();
  const { url, ca } = hook;
  const other = await httpsReceiver();
  const targets = [
    { url, ca: other.ca },
    { url: url.replace("127.0.0.1", "127.0.0.2"), ca },
    { url, ca: undefined },
  ];
  for (const [at, { url, ca }] of targets.entries()) {
    const target = { kind: "webhook", url, format: "json", ...(ca && { ca }) } as const;
    stand.exports.add({ name: `hook-${at}`, spec: webhook({ target }), secrets: {}, by: "anna" });
    expect(await stand.exports.test(`hook-${at}`, "anna")).toMatchObject({ delivered: false });
  }
  expect(hook.received).toEqual([]);
  await other[Symbol.asyncDispose]();
});

test("what is too much at once is told in parts, and what is refused alone is left out after a while and counted", async () => {
  begin();
  hook.answer = ({ body }) => ({
    status: body.includes("poison") ? 400 : itemsOf({ body } as Received).length > 7 ? 413 : 200,
  });
  await stand.exports.pause("hook");
  for (let at = 0; at < 60; at++) stand.happen(at === 33 ? "poison" : `event-${at}`);
  await stand.exports.resume("hook");
  const taken = () => hook.received.filter((received) => hook.answer(received).status === 200);
  await hook.until(() => allTold(taken()).length >= 59);
  const expected = Array.from({ length: 60 }, (_, at) => `event-${at}`).filter((_, at) => at !== 33);
  expect(kinds(taken())).toEqual(expected);
  await stand.until("hook", ({ told, refused }) => told === 59 && refused === 1);
});

test("who refuses everything is not emptied: one thing after the other is offered for a quarter of an hour", async () => {
  begin({ patience: 15 * MINUTE });
  hook.answer = () => ({ status: 400 });
  for (const kind of ["one", "two", "three"]) stand.happen(kind);
  await hook.until((received) => received.length >= 20);
  expect(stand.exports.find("hook").progress).toMatchObject({ told: 0, refused: 0 });
  stand.clock.now += 16 * MINUTE;
  await stand.until("hook", ({ refused }) => refused === 1);
  const before = hook.received.length;
  await hook.until((received) => received.length >= before + 20);
  expect(stand.exports.find("hook").progress).toMatchObject({ told: 0, refused: 1 });
});

test("only what was chosen is told, and what is not is passed by for good", async () => {
  const choice = { severity: "warning", kinds: ["tampering", "host-silent", "host-joined"] } as const;
  begin({}, { what: ["alerts", "events"], choice: { ...choice, kinds: [...choice.kinds] } });
  const alert = (severity: string, kind: string) =>
    stand.happen("alert-opened", "web-1", {
      alert: 1,
      kind,
      severity,
      words: "",
      facts: {},
      openedAt: 1,
      lastAt: 1,
      count: 1,
    });
  alert("notice", "tampering");
  alert("critical", "tampering");
  alert("critical", "beacon");
  alert("warning", "host-silent");
  stand.happen("host-left");
  stand.happen("host-joined");
  await hook.until((received) => allTold(received).length >= 3);
  expect(allTold(hook.received).map(({ kind, event }) => event?.kind ?? kind)).toEqual([
    "alert",
    "alert",
    "host-joined",
  ]);
});

test("flows are chosen by verdict and by either end's segment", async () => {
  begin({}, { what: ["flows"], choice: { verdicts: ["deny"], segments: ["db"] } });
  const elsewhere = { address: "192.0.2.1" };
  tell(
    stand.flows,
    egress({ service: 1 }),
    egress({ service: 2, verdict: "deny" }),
    egress({ service: 3, verdict: "deny", remote: elsewhere }),
    ingress({ service: 4, verdict: "deny", remote: elsewhere }),
  );
  stand.clock.now += 3 * MINUTE;
  stand.exports.wake();
  await hook.until((received) => allTold(received).length >= 2);
  expect(allTold(hook.received).map(({ flow }) => flow?.service)).toEqual(["tcp/2", "tcp/4"]);
});

test("one that hangs holds up nobody else, and ends with the server", async () => {
  begin();
  const asked = Promise.withResolvers<void>();
  const silent = createServer((socket) => {
    // Read, so that its end is seen; never answered.
    socket.on("error", () => {}).resume();
    asked.resolve();
  });
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const target = { kind: "webhook", url, format: "json" } as const;
  stand.exports.add({ name: "silent", spec: webhook({ target }), secrets: {}, by: "anna" });
  stand.happen("one");
  await asked.promise;
  stand.happen("two");
  await hook.until((received) => kinds(received).length >= 2);
  await stand.exports[Symbol.asyncDispose]();
  expect(stand.exports.find("silent").progress).toMatchObject({ told: 0, event: 0 });
  silent.close();
  await once(silent, "close");
});

test("receivers are of so many, of names of their own, and are what they can be", async () => {
  begin();
  const add = (name: string, spec: Partial<ReceiverSpec>, secrets: ReceiverSecrets = {}) =>
    stand.exports.add({ name, spec: webhook(spec), secrets, by: "anna" });
  expect(() => add("hook", {})).toThrow(/there is a receiver 'hook' already/);
  expect(() =>
    add("x", { target: { kind: "command", command: "page", format: "json" }, what: ["alerts"] }),
  ).toThrow(/not started with a command 'page', nor with any other/);
  expect(() =>
    add("x", { target: { kind: "command", command: "page", format: "json" }, what: ["flows"] }),
  ).toThrow(/a command is run for alerts alone/);
  expect(() => add("x", { target: { kind: "otlp", url: hook.url } }, { secret: "x".repeat(20) })).toThrow(
    /signed/,
  );
  expect(() => add("x", {}, { certificate: "x" })).toThrow(/belong together/);
  for (let at = 1; at < 20; at++) add(`hook-${at}`, {});
  expect(() => add("one-more", {})).toThrow(/there are 20 receivers already/);
  expect(() => stand.exports.find("nobody")).toThrow(/there is no receiver 'nobody'/);
  await stand.exports.remove("hook-1");
  add("one-more", {});
});
