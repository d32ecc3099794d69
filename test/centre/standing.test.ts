/** What the active policy says of itself, while the estate changes under it. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AlertStand, MINUTE } from "../alerts/stand.ts";

const POLICY = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db, same: [env] }
tests:
  - { from: web, to: db, allow: [tcp/5432], deny: [tcp/22] }
never: { name: quiet, from: web, to: web }
`;

let stand: AlertStand;
beforeEach(async () => {
  stand = new AlertStand();
  stand.join([
    { name: "web-1", address: "10.0.0.11", labels: { role: "web", env: "prod" } },
    { name: "db-1", address: "10.0.0.21", labels: { role: "db", env: "prod" } },
  ]);
  stand.provision(POLICY);
  await proved();
});
afterEach(() => stand[Symbol.dispose]());

const broken = () => stand.proof.standing.broken;
const proved = () => vi.waitUntil(() => stand.proof.standing.provedAt !== null, { timeout: 30_000 });
const until = (some: number) => vi.waitUntil(() => broken().length === some, { timeout: 30_000 });
const claims = () =>
  stand.events
    .latest({ most: 100 })
    .filter(({ kind }) => kind.startsWith("policy-claim-"))
    .map(({ kind, about }) => `${kind} ${about}`);

test("a label that breaks a test is told at once, with the test's place and who did it, and is over when it passes again", async () => {
  expect([stand.proof.standing, stand.open()]).toMatchObject([
    { version: 1, tests: 2, invariants: 1, broken: [] },
    [],
  ]);
  stand.estate.label("web-1", { role: "web", env: "dev" }, "anna");
  await until(1);
  const sentence = "web -> db tcp/5432 must get through, but is denied";
  expect(broken()[0]).toMatchObject({
    ...{ what: "test", about: "policy.yaml:8", sentence },
    causes: [{ kind: "host-labelled", who: "anna", about: "web-1" }],
  });
  expect(claims()).toEqual(["policy-claim-broken policy.yaml:8"]);
  expect(stand.one("policy-test-broken").words).toBe(`policy.yaml:8: ${sentence}, since anna labelled web-1`);
  // It lasts, however long that is, and something else that happens does not make it news.
  stand.pass(10 * MINUTE);
  stand.join([{ name: "web-2", address: "10.0.0.12", labels: { role: "web", env: "prod" } }]);
  await vi.waitUntil(() => stand.proof.standing.provedAt === stand.clock.now, { timeout: 30_000 });
  expect([broken().length, claims().length]).toEqual([1, 1]);
  stand.estate.label("web-1", { role: "web", env: "prod" }, "anna");
  await until(0);
  expect(claims()[0]).toBe("policy-claim-mended policy.yaml:8");
  stand.pass(6 * MINUTE);
  expect(stand.open().filter((kind) => kind.startsWith("policy-test"))).toEqual([]);
});

test("a server that is started anew finds it again, and tells it no second time", async () => {
  stand.estate.label("web-1", { role: "web", env: "dev" }, "anna");
  await until(1);
  const [before] = broken();
  stand.clock.now += MINUTE;
  stand.restart();
  await until(1);
  expect(broken()[0]).toEqual(before);
  expect(claims()).toHaveLength(1);
});

test("invariants count as well, and a version that mends what is broken ends it", async () => {
  const open = "  - { name: debug, allow: tcp/22, from: any-host, to: batch }\n";
  stand.provision(
    POLICY.replace("segments:", 'segments:\n  batch: { select: "batch=yes" }').replace(
      "tests:",
      `${open}tests:`,
    ),
  );
  stand.estate.label("web-1", { role: "web", env: "prod", batch: "yes" }, "anna");
  stand.join([{ name: "web-2", address: "10.0.0.12", labels: { role: "web", env: "prod" } }]);
  await until(1);
  expect(broken()[0]).toMatchObject({ what: "invariant", name: "quiet: never web -> web all" });
  expect(stand.one("policy-invariant-broken").severity).toBe("critical");
  stand.provision(`${POLICY}# as before\n`);
  await until(0);
});
