/** The first ten minutes in pictures: what is worth asking, what a draft would break, what is stopped while it is on trial. */

import { join } from "node:path";
import type { WriteStream } from "node:tty";
import { readOptions } from "../lab/options.ts";
import { Screen } from "../lab/screen.ts";
import { HUB } from "../lab/stage.ts";
import { INHABITANTS, INTRUDER } from "../lab/tour/shop.ts";
import { Tour } from "../lab/tour/tour.ts";
import { Reader, type Size } from "./browser.ts";

export interface Pictures {
  /** A folder. */
  readonly to: string;
  readonly size: Size;
  readonly scheme: "light" | "dark";
}

export async function takeTour({ to, size, scheme }: Pictures): Promise<void> {
  const options = readOptions(["--once"], false);
  if (typeof options === "string" || options.kind !== "tour") throw new Error("this is no tour");
  const guide = new Tour(options, new Screen(process.stderr as WriteStream));
  await using undo = new AsyncDisposableStack();
  const floor = await guide.build(undo);
  await guide.open(floor);
  const number = await guide.draft(floor);
  const { centre, client } = floor.agents;
  const reader = await Reader.start(floor.estate.host(HUB), size, scheme);
  undo.defer(() => reader.end());
  const { page } = reader;
  const go = async (path: string, sign: string) => {
    await page.goto(new URL(path, centre.signIn).href);
    await page.locator(sign).first().waitFor();
    await page.waitForLoadState("networkidle", { timeout: 1_500 }).catch(() => {});
  };
  const take = (name: string) => page.screenshot({ path: join(to, `${name}.png`), animations: "disabled" });
  await page.goto(centre.signIn);
  await go("/", "section[aria-label='Questions worth asking'] li");
  await take("tour-overview");
  await go(`/policy/${number}?show=impact`, ".impact");
  await take("tour-impact");
  await client.post(`/api/v1/policies/${number}/trial`, { seconds: 600 });
  await centre.settled(...INHABITANTS.map(({ name }) => name));
  await floor.intruder.isOut();
  // He tries again and again: what is denied is told at once, and then it is on the map.
  await go(`/flows?verdict=deny&from=${INTRUDER.on}&to=${INTRUDER.to}&window=1h`, ".flow-rows .flow-row");
  await go("/map?window=15m", ".map-canvas canvas");
  await take("tour-map");
  for (const complaint of reader.complaints) console.error(complaint);
}
