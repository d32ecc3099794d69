/** FAULTS.md, row 32: an agent that invents flows, or floods the server with them. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import type { SuggestionLine } from "@bulkhead/server/api/advice-shapes.ts";
import type { FlowView, LossView } from "@bulkhead/server/api/flow-shapes.ts";
import { WIRE } from "@bulkhead/shared/protocol/limits.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoneServer } from "./lone-server.ts";
import { Teller } from "./teller.ts";

const WEB = "10.0.0.11";
const DB = "10.0.0.21";
const LIAR = "10.0.0.66";

let scratch: string;
let server: LoneServer;
beforeEach(async () => {
  scratch = mkdtempSync(joinPath(tmpdir(), "bulkhead-invented-"));
  server = await LoneServer.start(joinPath(scratch, "data"));
});
afterEach(async () => {
  await server.end();
  rmSync(scratch, { recursive: true, force: true });
});

async function flows(query: Readonly<Record<string, string | number>> = {}): Promise<readonly FlowView[]> {
  const page = await server.client.get<{ flows: FlowView[] }>("/api/v1/flows", { since: 0, ...query });
  return page.flows;
}

test("what one end invents stands there as its word alone, beside what the other end has seen", async () => {
  using web = await Teller.join(server.client, "web-1", WEB);
  using db = await Teller.join(server.client, "db-1", DB);
  using liar = await Teller.join(server.client, "liar", LIAR);
  await web.tell([web.record({ direction: "egress", remote: { address: DB } })]);
  await db.tell([db.record({ direction: "ingress", remote: { address: WEB } })]);
  // Never sent: the database's own host reports, and knows nothing of it.
  await liar.tell([liar.record({ direction: "egress", remote: { address: DB } })]);
  const told = (await flows({ to: DB })).map(({ source, confirmed, unconfirmed, egress, ingress }) => ({
    ...{ source: source.host, confirmed, unconfirmed, by: [egress?.host, ingress?.host] },
  }));
  expect(told).toHaveLength(2);
  expect(told).toContainEqual({
    ...{ source: "web-1", confirmed: true, unconfirmed: false, by: ["web-1", "db-1"] },
  });
  expect(told).toContainEqual({
    ...{ source: "liar", confirmed: false, unconfirmed: true, by: ["liar", undefined] },
  });
  expect((await flows({ unconfirmed: "true" })).map(({ source }) => source.host)).toEqual(["liar"]);
});

test("nobody can tell of another's end, or give another's address a name", async () => {
  using db = await Teller.join(server.client, "db-1", DB);
  using liar = await Teller.join(server.client, "liar", LIAR);
  await db.tell([db.record({ direction: "ingress", remote: { address: WEB } })]);
  await liar.tell([
    liar.record({ direction: "ingress", local: { address: DB }, remote: { address: WEB } }),
    liar.record({ direction: "egress", remote: { address: DB, host: "the-backup", segment: "trusted" } }),
  ]);
  const [invented, ...others] = (await flows({ from: LIAR })) ?? [];
  expect(others).toEqual([]);
  expect(invented?.destination).toEqual({ address: DB, host: "db-1" });
  expect(
    (await flows({ from: WEB })).map(({ connections, ingress }) => [connections, ingress?.host]),
  ).toEqual([[1, "db-1"]]);
  const losses = await server.client.get<LossView[]>("/api/v1/losses", { since: 0 });
  expect(losses).toContainEqual(expect.objectContaining({ host: "liar", what: "refused", count: 1 }));
});

test("who floods loses records of its own, which is said, and nobody else's", async () => {
  using db = await Teller.join(server.client, "db-1", DB);
  using liar = await Teller.join(server.client, "liar", LIAR);
  const stranger = (at: number) => `198.51.${(at >> 8) & 255}.${at & 255}`;
  const report = Array.from({ length: WIRE.records }, (_, at) =>
    liar.record({ direction: "egress", remote: { address: stranger(at) } }),
  );
  const lost = async () => {
    const losses = await server.client.get<LossView[]>("/api/v1/losses", { since: 0 });
    return losses.filter(({ what }) => what === "over-quota").map(({ host }) => host);
  };
  // Some more than the quota of a minute, and a minute may end in between.
  for (let turn = 0; (await lost()).length === 0 && turn < 500; turn++) await liar.tell(report);
  expect(new Set(await lost())).toEqual(new Set(["liar"]));
  await db.tell([db.record({ direction: "ingress", remote: { address: WEB } })]);
  expect((await flows({ from: WEB })).map(({ ingress }) => ingress?.host)).toEqual(["db-1"]);
});

test("what is invented never makes it into a suggestion: neither of others' ends, nor of strangers, however often and by however many names", async () => {
  using web = await Teller.join(server.client, "web-1", WEB, { role: "web" });
  using other = await Teller.join(server.client, "web-2", "10.0.0.12", { role: "web" });
  using db = await Teller.join(server.client, "db-1", DB, { role: "db" });
  const many = { connections: 1_000 };
  for (const teller of [web, other])
    await teller.tell([teller.record({ direction: "egress", remote: { address: DB }, ...many })]);
  await db.tell(
    [WEB, "10.0.0.12"].map((address) => db.record({ direction: "ingress", remote: { address }, ...many })),
  );
  // One of the web hosts is not ours any more, and so is a host that is alone in its segment.
  using liar = await Teller.join(server.client, "liar", LIAR, { role: "jobs" });
  for (const teller of [other, liar]) {
    const strangers = Array.from({ length: 60 }, (_, at) => ({ address: `198.${at}.0.7` }));
    await teller.tell([
      teller.record({ direction: "egress", remote: { address: DB }, service: 22, ...many }),
      teller.record({ direction: "ingress", remote: { address: DB }, service: 23, ...many }),
      ...strangers.map((remote) => teller.record({ direction: "ingress", remote, service: 443, ...many })),
      ...strangers.map((remote) => teller.record({ direction: "egress", remote, service: 25, ...many })),
    ]);
  }
  const lines = server.client.stream<SuggestionLine>("/api/v1/suggestion", { query: { since: 0 } });
  const { suggestion } = (await Array.fromAsync(lines)).find(({ kind }) => kind === "suggestion") as Extract<
    SuggestionLine,
    { kind: "suggestion" }
  >;
  expect(suggestion.rules.map(({ from, services, to }) => [from, services, to])).toEqual([
    [["web"], ["tcp/5432"], ["db"]],
  ]);
  // They are told, and nobody is helped to allow what one end alone knows of.
  const unconfirmed = suggestion.odd.filter(({ kind }) => kind === "unconfirmed");
  expect(unconfirmed.map(({ rule }) => rule)).toEqual(unconfirmed.map(() => null));
  expect(unconfirmed.length).toBeGreaterThanOrEqual(2);
});
