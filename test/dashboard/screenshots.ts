/** `npm run screenshots`: every page of the dashboard as a picture, from a shop with real agents. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Reader } from "./browser.ts";
import { PAGES } from "./pages.ts";
import { POLICY, Shop } from "./shop.ts";
import { takeTour } from "./tour-pictures.ts";

const ROOT = join(import.meta.dirname, "../..");

const { values } = parseArgs({
  options: {
    to: { type: "string", default: join(ROOT, "docs/screenshots") },
    width: { type: "string", default: "1280" },
    height: { type: "string", default: "800" },
    dark: { type: "boolean", default: false },
    /** The pictures of the first ten minutes alone, or of the pages alone. */
    only: { type: "string" },
  },
});
const size = { width: Number(values.width), height: Number(values.height) };
const scheme = values.dark ? "dark" : "light";

await mkdir(values.to, { recursive: true });
if (values.only !== "tour") await takePages();
if (values.only !== "pages") await takeTour({ to: values.to, size, scheme });

async function takePages(): Promise<void> {
  await using shop = await Shop.open();
  for (let round = 0; round < 5; round += 1) await shop.trade();
  await shop.intrude();
  const more = POLICY.replace("rules:", "rules:\n  - { name: backup, allow: orders, from: backup, to: db }");
  await shop.provision(more, "the backup job may read orders");
  await shop.centre.settled("web-1", "web-2", "db-1", "backup-1");
  // Something that alarms, and a draft that would break what the shop does all day.
  await shop.estate.host("web-2").exec(["nft", "add", "rule", "inet", "bulkhead", "input", "accept"]);
  const closing = await shop.centre.push(
    more.replace("from: web,", "from: 10.0.0.11,").replace("from: backup,", "from: [backup, 10.0.0.99],"),
  );
  const reader = await Reader.start(shop.estate.host("hub"), size, scheme);
  const { page } = reader;
  await page.goto(shop.signInLink);
  // What is denied is told at once, what is allowed when its time's bucket is full.
  for (const seen of ["/flows?verdict=deny", "/flows?verdict=allow&from=web&service=tcp/5432"]) {
    await page.goto(new URL(seen, shop.signInLink).href);
    await page.locator(".flow-rows .flow-row").nth(1).waitFor();
  }
  const ofDraft = { name: "map-draft", path: `/map?draft=${closing}&window=1h`, sign: ".map-legend" };
  for (const { name, path, sign } of [...PAGES, ofDraft]) {
    await page.goto(new URL(path, shop.signInLink).href);
    await page.locator(sign).first().waitFor();
    if (name === "flows") await page.locator(".flow-row .verdict.deny").first().click();
    await page.waitForLoadState("networkidle", { timeout: 1_500 }).catch(() => {});
    await page.screenshot({ path: join(values.to, `${name}.png`), animations: "disabled" });
  }
  for (const complaint of reader.complaints) console.error(complaint);
  await reader.end();
}
