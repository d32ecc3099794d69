/** Many changes under flood, at a pace that no agent keeps: what happens to the packets that are being judged while the rules change. */

import { compile } from "@bulkhead/shared/nft/compile.ts";
import { NO_FACTS } from "@bulkhead/shared/nft/facts.ts";
import { ALLOWED } from "@bulkhead/shared/nft/overtaken.ts";
import type { Ruleset } from "@bulkhead/shared/nft/ruleset.ts";
import { PERMIT } from "@bulkhead/shared/nft/stamp-chains.ts";
import { type PresentObjects, transaction } from "@bulkhead/shared/nft/transaction.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { hostPolicyFor, type ShortPolicy } from "./governed.ts";

/** No stamp comes twice. */
const CHANGES = 200;
const WATCHED = "udp/9999";

let estate: Estate;
let server: Host;
let attacker: Host;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: { server: ["10.0.0.2", "fd00::2"], attacker: ["10.0.0.66", "fd00::66"] },
  });
  [server, attacker] = [estate.host("server"), estate.host("attacker")];
});
afterAll(() => estate?.remove());

const segments = { attackers: { addresses: ["10.0.0.66", "fd00::66"] } };

/** A port that is denied beside a wide allow: who misses the deny meets the allow. */
const denied = (): ShortPolicy => ({
  managed: [server],
  segments,
  rules: [
    { deny: WATCHED, from: "attackers", to: "managed" },
    { allow: "all", from: "attackers", to: "managed" },
  ],
});

/** A port that is allowed: who misses the allow is refused. The allow ends one day, so that every packet is judged. */
const allowed = (): ShortPolicy => ({
  managed: [server],
  segments,
  rules: [{ allow: WATCHED, from: "managed", to: "attackers", expires: "2093-01-01T00:00:00Z" }],
});

/** As if no packet could be overtaken. */
function withoutCare(text: string): string {
  return text
    .replaceAll(`goto ${ALLOWED}`, `goto ${PERMIT}`)
    .replaceAll("meta nfproto vmap { ipv4 : accept, ipv6 : accept }", "accept")
    .replaceAll(/^\t*jump overtaken.*\n/gm, "");
}

/** Writes the whole table so many times over, or until `enough`. */
async function change(policy: ShortPolicy, edit: (text: string) => string, enough: () => Promise<boolean>) {
  const hostPolicy = hostPolicyFor(server, policy);
  const tableOf = (turn: number): Ruleset =>
    compile(hostPolicy, NO_FACTS, {
      stamp: { mask: 0xff000000, value: ((turn + 1) << 24) >>> 0 },
      log: { to: "nowhere" },
      digest: `turn-${turn}`,
    });
  const load = (turn: number, present: PresentObjects | undefined) =>
    server.run(["nft", "-f", "-"], { input: edit(transaction(tableOf(turn), present)) });
  const { sets, chains } = tableOf(0);
  const present: PresentObjects = {
    sets: sets.map(({ name }) => name),
    maps: [],
    chains: chains.map(({ name, base }) => ({ name, base: base !== undefined })),
  };
  await load(0, undefined);
  return {
    under: async () => {
      for (let turn = 1; turn <= CHANGES && !(await enough()); turn++) await load(turn, present);
    },
    [Symbol.asyncDispose]: async () => {
      await server.run(["nft", "delete", "table", "inet", "bulkhead"]);
      await server.forgetFlows();
    },
  };
}

async function packetsLetIn(edit: (text: string) => string, isControl: boolean): Promise<number> {
  const listener = await server.listen(WATCHED, { answer: "sink" });
  await using changes = await change(
    denied(),
    edit,
    async () => isControl && (await listener.received()) > 0,
  );
  const floods = [
    await attacker.flood("server", WATCHED, { family: 4 }),
    await attacker.flood("server", WATCHED, { family: 6 }),
  ];
  await changes.under();
  const sent = (await Promise.all(floods.map((flood) => flood.stop()))).reduce((sum, one) => sum + one, 0);
  expect(sent).toBeGreaterThan(10_000);
  await server.fence();
  const received = await listener.received();
  await listener.close();
  return received;
}

/** Refusals that this host's own programs were told of; the listing tells each as `counter packets N`. */
async function packetsRefused(edit: (text: string) => string, isControl: boolean): Promise<number> {
  await server.run(["nft", "-f", "-"], {
    input:
      "table inet told {\n chain told { type filter hook input priority filter - 50; icmp code admin-prohibited counter; icmpv6 type destination-unreachable counter; }\n}\n",
  });
  const told = async () => {
    const listing = await server.run(["nft", "list", "table", "inet", "told"]);
    return [...listing.matchAll(/counter packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const listener = await attacker.listen(WATCHED, { answer: "sink" });
  await using changes = await change(allowed(), edit, async () => isControl && (await told()) > 0);
  const floods = [
    await server.flood("attacker", WATCHED, { family: 4 }),
    await server.flood("attacker", WATCHED, { family: 6 }),
  ];
  await changes.under();
  await Promise.all(floods.map((flood) => flood.stop()));
  await attacker.fence();
  expect(await listener.received()).toBeGreaterThan(10_000);
  await listener.close();
  const refused = await told();
  await server.run(["nft", "delete", "table", "inet", "told"]);
  return refused;
}

test("who is judged while the rules change meets no allow in place of a deny", async () => {
  expect(await packetsLetIn((text) => text, false)).toBe(0);
});

test("control: with rules that do not care, a denied packet comes in", async () => {
  expect(await packetsLetIn(withoutCare, true)).toBeGreaterThan(0);
});

test("who is judged while the rules change is not refused what is allowed", async () => {
  expect(await packetsRefused((text) => text, false)).toBe(0);
});

test("control: with rules that do not care, an allowed packet is refused", async () => {
  expect(await packetsRefused(withoutCare, true)).toBeGreaterThan(0);
});
