/** FAULTS.md, row 3: nft is missing, slow or failing while the daemon runs. */

import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { Daemon } from "./daemon.ts";
import { BACKUP, HOSTS, ORDERS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let host: Host;
let daemon: Daemon;
let applied = 0;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
  await host.write("nft/mode", "well");
  await host.write(
    "nft/nft",
    `#!/bin/sh
read -r mode <${host.scratch}/nft/mode
case "$mode $*" in
  *--version*) ;;
  "failing "*) echo "Error: not today" >&2; exit 1 ;;
  "slow -f"*) sleep 2 ;;
esac
exec /usr/sbin/nft "$@"
`,
  );
  await host.run(["chmod", "755", `${host.scratch}/nft/nft`]);
  const folder = await writePolicy(host, policyText(ORDERS));
  const env = { PATH: `${host.scratch}/nft:${process.env.PATH}` };
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"], env });
  applied += 1;
});
afterAll(async () => {
  await daemon?.end();
  await estate?.remove();
});

const mode = (word: string) => writeFile(`${host.scratch}/nft/mode`, `${word}\n`);
const table = () => host.run(["nft", "-s", "list", "table", "inet", "bulkhead"]);

test("failing: the old rules stay, the status says why, and it is tried again by itself", async () => {
  const before = await table();
  await mode("failing");
  await writePolicy(host, policyText(ORDERS, BACKUP));
  const trouble = await daemon.until("kernel/nft-refused");
  expect(trouble.msg).toContain("not today");
  expect(await table()).toBe(before);
  const { code, facts } = await daemon.status();
  expect(code).toBe(1);
  expect(facts).toMatchObject({
    enforcement: { state: "degraded", why: expect.stringContaining("not today"), retryAt: expect.anything() },
  });
  await mode("well");
  await daemon.until("policy-in-force", applied++);
  expect(await table()).toContain("backup shop.yaml");
  expect((await daemon.status()).code).toBe(0);
});

test("missing: the same", async () => {
  const before = await table();
  const nft = (await host.run(["sh", "-c", "command -v nft"])).trim();
  await host.run(["mount", "--bind", "/dev/null", nft]);
  await host.run(["mount", "--bind", "/dev/null", `${host.scratch}/nft/nft`]);
  await writePolicy(host, policyText(BACKUP));
  await daemon.until("kernel/nft-missing");
  expect((await daemon.ask("status")).code).toBe(1);
  await host.run(["umount", nft]);
  expect(await table()).toBe(before);
  await host.run(["umount", `${host.scratch}/nft/nft`]);
  await daemon.until("policy-in-force", applied++);
  expect(await table()).not.toContain("orders shop.yaml");
});

test("slow: it is waited for, and meanwhile the daemon answers", async () => {
  await mode("slow");
  await writePolicy(host, policyText(ORDERS));
  expect((await daemon.ask("flows", "--json")).code).toBe(0);
  const { milliseconds } = await daemon.until("policy-in-force", applied++);
  expect(milliseconds).toBeGreaterThanOrEqual(2000);
  await mode("well");
  expect(await table()).toContain("orders shop.yaml");
});
