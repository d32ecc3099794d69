/** FAULTS.md, row 16: the clock jumps by years while the daemon runs. Only what expires may care. */

import { existsSync, readdirSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { Daemon } from "./daemon.ts";
import { BACKUP, HOSTS, ORDERS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let host: Host;
let daemon: Daemon;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
  await setClock("+0");
  const folder = await writePolicy(host, policyText(ORDERS));
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"], env: clock() });
  await host.listen("tcp/5432");
});
afterAll(async () => {
  await daemon?.end();
  await estate?.remove();
});

/** The daemon's clock, which reads its offset from a file. */
function clock(): Record<string, string> {
  const library = readdirSync("/usr/lib")
    .map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
    .find((path) => existsSync(path));
  return {
    LD_PRELOAD: library ?? "",
    FAKETIME_TIMESTAMP_FILE: `${host.scratch}/clock`,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

async function setClock(offset: string): Promise<void> {
  await writeFile(`${host.scratch}/clock.new`, `${offset}\n`);
  await rename(`${host.scratch}/clock.new`, `${host.scratch}/clock`);
}

const call = () => estate.host("web-1").probe([{ to: "db-1", service: "tcp/5432" }]);
const year = () => daemon.log.at(-1)?.time as number | undefined;

test.each([
  ["+5y", "to the future", 1, 5],
  ["-20y", "to the past", 2, -20],
  ["+0", "and back", 3, 0],
])("by %s (%s): it follows its policy and its table, and answers", async (offset, _where, times, years) => {
  await setClock(offset);
  const before = daemon.lines("policy-in-force").length;
  await writePolicy(host, policyText(ORDERS, ...(times % 2 === 1 ? [BACKUP] : [])));
  await daemon.until("policy-in-force", before);
  // The control: the jump has happened.
  expect(Math.round(((year() ?? 0) - Date.now()) / (365.25 * 86_400_000))).toBeCloseTo(years);
  expect(await call()).toEqual(["connected"]);
  await host.run(["nft", "flush", "ruleset"]);
  await daemon.until("mended", times - 1);
  expect(await call()).toEqual(["connected"]);
  const { code, facts } = await daemon.status();
  expect(code).toBe(0);
  expect(facts).toMatchObject({ kernel: "holds", tampering: { count: times } });
});

test("what is seen from now on is recorded", async () => {
  await estate.host("web-1").probe([{ to: "db-1", service: "tcp/2222" }]);
  let attempts = await recorded("tcp/2222");
  while (attempts === 0) attempts = await recorded("tcp/2222");
  expect(attempts).toBe(1);
});

/** Connections to the service, of all times that are kept. */
async function recorded(asked: string): Promise<number> {
  const { code, stdout } = await daemon.ask("flows", "--json", "--since", "30d");
  expect(code).toBe(0);
  return stdout
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line)]))
    .filter(({ service }) => service === asked)
    .reduce((sum, { connections }) => sum + connections, 0);
}
