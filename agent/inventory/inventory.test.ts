import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { arch, hostname, release, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { realKernel } from "../kernel/real.ts";
import { cloudInstance } from "./cloud.ts";
import { takeInventory } from "./take-inventory.ts";

let directory: string | undefined;
afterEach(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
});

/** What the kernel would show of a firmware that says this. */
function firmware(words: Readonly<Record<string, string>>): string {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-dmi-"));
  for (const [field, text] of Object.entries(words)) writeFileSync(join(directory, field), `${text}\n`);
  return directory;
}

test.each([
  [{ sys_vendor: "Amazon EC2", board_asset_tag: "i-0abc123def4567890" }, "aws", "i-0abc123def4567890"],
  [{ product_name: "Google Compute Engine" }, "gcp", undefined],
  [
    {
      chassis_asset_tag: "7783-7084-3265-9085-8269-3286-77",
      product_uuid: "1f3870be-274f-6c49-b3e3-1a0c6728957f",
    },
    "azure",
    "1f3870be-274f-6c49-b3e3-1a0c6728957f",
  ],
  [{ sys_vendor: "Hetzner", product_serial: "4711" }, "hetzner", "4711"],
  [{ sys_vendor: "DigitalOcean", product_serial: "$(reboot)" }, "digitalocean", undefined],
])("firmware %j is %s", (words, provider, instance) => {
  expect(cloudInstance(firmware(words))).toEqual({ provider, instance });
});

test("a machine of one's own is no cloud's, and neither is one without firmware", () => {
  expect(cloudInstance(firmware({ sys_vendor: "Dell Inc." }))).toBeUndefined();
  expect(cloudInstance("/nowhere")).toBeUndefined();
});

test("this machine: its name, kernel, addresses, and a service that listens", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  const port = typeof bound === "object" ? bound?.port : undefined;
  const kernel = realKernel();
  const found = await takeInventory(kernel);
  kernel.close();
  server.close();
  expect(found.machine).toMatchObject({ hostname: hostname() });
  expect(found.system).toMatchObject({ kernel: release(), architecture: arch() });
  expect(found.interfaces.find(({ name }) => name === "lo")?.addresses).toContain("127.0.0.1/8");
  expect(found.listening).toContainEqual(
    expect.objectContaining({ service: `tcp/${port}`, address: "127.0.0.1" }),
  );
});
