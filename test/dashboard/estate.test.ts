/** The estate as the dashboard changes and draws it: a rollout that halts, a host that joins and is revoked, the map, and what comes while somebody reads. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Daemon } from "../daemon/daemon.ts";
import { AGENT } from "../estate/place.ts";
import { Reader } from "./browser.ts";
import { POLICY, Shop } from "./shop.ts";
import { cramped } from "./widths.ts";

const HOSTS = ["web-1", "web-2", "db-1"];
/** Somebody has tidied up. */
const WITHOUT_ORDERS = POLICY.replace(/.*name: orders, .*\n/, "");
/** As above, and web-2 of all is let in where it never was. */
const OTHERS = `${WITHOUT_ORDERS}  - { name: some, allow: orders, from: [10.0.0.12, 10.0.0.99], to: db }\n`;

let shop: Shop;
let reader: Reader;
let newcomer: Daemon | undefined;

const host = (name: string) => shop.estate.host(name);
const order = (from: string) => host(from).connect("db-1", "tcp/5432");

beforeAll(async () => {
  shop = await Shop.open(HOSTS);
  // What is allowed is told some seconds later; the tests of the map need it.
  for (const name of ["web-1", "web-2"]) expect(await order(name)).toBe("connected");
  await shop.intrude();
  reader = await Reader.start(host("hub"), { width: 1280, height: 800 });
  await reader.page.goto(shop.signInLink);
  await reader.page.locator(".connection.live").waitFor();
  // The browser itself notes the 401 of asking who one is.
  expect(reader.complaints.splice(0).every((complaint) => complaint.includes("401"))).toBe(true);
});
afterAll(async () => {
  await newcomer?.end();
  await reader?.end();
  await shop?.[Symbol.asyncDispose]();
});

test("a rollout whose first host denies what was allowed halts by itself, says why, and its host is back", async () => {
  const { page } = reader;
  const number = await shop.centre.push(WITHOUT_ORDERS);
  await reader.goes(`/policy/${number}`);
  await page.getByRole("button", { name: "In waves" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Waves:").fill("1, 100%");
  await dialog.getByText("1: 1 host web-1").waitFor();
  await dialog.getByText("100%: 2 hosts db-1, web-2").waitFor();
  expect(await reader.obstacles()).toEqual([]);
  await dialog.getByRole("button", { name: "Begin with the first wave" }).click();
  await page.getByRole("heading", { name: "Rollout 1" }).waitFor();
  const course = (name: string) => page.locator(".wave-hosts li", { hasText: name });
  await course("web-1").getByText("enforces it").waitFor();
  await course("web-2").getByText("waits").waitFor();
  expect(await order("web-1")).toBe("refused");
  await page.getByRole("status").getByText("taken back").waitFor();
  const found = page.getByRole("region", { name: "What was found" });
  await found.getByText(/web-1\) -> .*db-1\) tcp\/5432 was allowed by orders .* and is denied now/).waitFor();
  await course("web-1").getByText("had it").waitFor();
  await course("web-2").getByText("was not touched").waitFor();
  expect(await page.getByRole("button", { name: /^(?:Pause|Go on|Take it back)$/ }).count()).toBe(0);
  expect(await reader.obstacles()).toEqual([]);
  expect(await cramped(page)).toEqual([]);
  await shop.centre.settled(...HOSTS);
  expect(await order("web-1")).toBe("connected");
});

test("an operator pauses a rollout and takes it back; each says what will happen to how many hosts", async () => {
  const { page } = reader;
  const number = await shop.centre.push(POLICY.replace("name: shop", "name: shop-front"));
  await shop.centre.client.post("/api/v1/rollouts", {
    version: number,
    waves: ["1", "100%"],
    holdSeconds: 600,
  });
  await reader.goes("/rollouts");
  await page.getByRole("link", { name: "Rollout 2" }).click();
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Pause" }).click();
  await dialog.getByText("1 host goes on with version").waitFor();
  await dialog.getByRole("button", { name: "Pause it" }).click();
  await page.getByRole("status").getByText("paused").waitFor();
  await page.getByRole("button", { name: "Take it back" }).click();
  await dialog.getByText("1 host goes back to version").waitFor();
  expect(await reader.obstacles()).toEqual([]);
  await dialog.getByRole("button", { name: /^Back to version/ }).click();
  await page.getByRole("status").getByText("has taken it back").waitFor();
  await shop.centre.settled(...HOSTS);
});

/** What the list beside the map says of who talks to whom. */
const links = (name: string) => reader.page.getByRole("complementary", { name }).getByRole("listitem");
const link = (ends: string, mark = "allowed") =>
  links("What was seen").filter({ hasText: ends }).filter({ hasText: mark });

test("the map's filters are in its address, and it looks the same when it is loaded again", async () => {
  const { page } = reader;
  await reader.goes("/map?window=1h");
  await link("web-1 → db-1").waitFor();
  await link("web-2 → db-1").waitFor();
  await link("10.0.0.99 → db-1", "denied").waitFor();
  await page.getByRole("textbox", { name: "Label" }).fill("host=web-2");
  await page.keyboard.press("Enter");
  await link("web-1 → db-1").waitFor({ state: "detached" });
  expect(new URL(page.url()).searchParams.get("label")).toBe("host=web-2");
  const before = await picture();
  await page.reload();
  await link("web-2 → db-1").waitFor();
  expect(await link("web-1 → db-1").count()).toBe(0);
  // Nodes, edges and regions, each where it was.
  await expect.poll(async () => (await picture()).equals(before)).toBe(true);
  await page.getByRole("button", { name: "Denied", exact: true }).click();
  expect(new URL(page.url()).searchParams.get("verdict")).toBe("deny");
});

/** The map as pixels, but for its round corners, which are never quite the same. */
async function picture(): Promise<Buffer> {
  const { page } = reader;
  const { x, y, width, height } = (await page.locator(".map-canvas").boundingBox()) ?? expect.unreachable();
  return page.screenshot({ clip: { x: x + 10, y: y + 10, width: width - 20, height: height - 20 } });
}

test("whoever comes nearer sees what runs on the hosts and what it is asked for", async () => {
  const { page } = reader;
  await reader.goes("/map?window=1h");
  const level = (name: string) => page.getByRole("button", { name, exact: true });
  await link("web-1 → db-1").waitFor();
  expect(await level("Hosts").getAttribute("aria-pressed")).toBe("true");
  await page.locator(".map-canvas").hover();
  for (let turn = 0; (await level("Units").getAttribute("aria-pressed")) !== "true"; turn += 1) {
    expect(turn).toBeLessThan(100);
    await page.mouse.wheel(0, -200);
  }
  await link("→ tcp/5432 of db-1").first().waitFor();
  await level("Hosts").click();
  await link("web-1 → db-1").waitFor();
});

test("on the map stands what a draft would change, with a legend that counts it", async () => {
  const { page } = reader;
  const number = await shop.centre.push(OTHERS);
  await reader.goes("/map?window=1h");
  await page.getByLabel("Show").selectOption(String(number));
  expect(new URL(page.url()).searchParams.get("draft")).toBe(String(number));
  const changes = links("What would change");
  await changes.filter({ hasText: "web-1 → db-1" }).filter({ hasText: "would break" }).waitFor();
  await changes.filter({ hasText: "10.0.0.99 → db-1" }).filter({ hasText: "would get through" }).waitFor();
  // web-2 goes on by another rule.
  expect(await changes.count()).toBe(2);
  const legend = page.getByRole("list", { name: /What the draft would change/ });
  for (const words of [/^would break\s*[1-9]/, /^would break if enforced\s*0$/, /^would get through\s*[1-9]/])
    expect(await legend.getByRole("listitem").filter({ hasText: words }).count()).toBe(1);
  expect(await reader.obstacles()).toEqual([]);
});

test("what comes while somebody reads is counted, and moves nothing; then it is shown", async () => {
  const { page } = reader;
  const ports = Array.from({ length: 40 }, (_, at) => ({
    to: "db-1",
    service: `tcp/${6_000 + at}` as const,
  }));
  await host("stranger").probe(ports);
  await reader.goes("/flows?window=1h");
  const table = page.getByRole("table", { name: "Flows, the newest first" });
  // The kernel does not log each of so many at once.
  await expect.poll(async () => Number(await table.getAttribute("aria-rowcount"))).toBeGreaterThan(30);
  await table.evaluate((element) => element.scrollTo(0, 300));
  const row = table.locator('.flow-row[aria-rowindex="18"]');
  const words = await row.textContent();
  const place = await row.boundingBox();
  await host("stranger").probe([{ to: "web-1", service: "tcp/7000" }]);
  await page.getByRole("button", { name: /newer flows?: show/ }).waitFor();
  expect([await row.textContent(), await row.boundingBox()]).toEqual([words, place]);
  expect(await table.evaluate((element) => element.scrollTop)).toBe(300);
  await page.getByRole("button", { name: /newer flows?: show/ }).click();
  await table.locator(".flow-row", { hasText: "tcp/7000" }).waitFor();
});

test("a host joins by what the page shows, appears by itself, and is let in; revoked, it is refused", async () => {
  const { page } = reader;
  await reader.goes("/tokens");
  await page.getByRole("button", { name: "New join token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Labels").fill("role=web");
  await dialog.getByLabel("Addresses").fill("10.0.0.0/24");
  await dialog.getByRole("button", { name: "Make it" }).click();
  const line = (await dialog.locator(".secret").textContent()) ?? "";
  expect(await reader.obstacles()).toEqual([]);
  await dialog.getByRole("button", { name: "I have it" }).click();
  await reader.goes("/hosts");
  await page.getByRole("row", { name: /^db-1/ }).waitFor();
  expect(await page.getByRole("row", { name: /^stranger/ }).count()).toBe(0);
  expect(await order("stranger")).toBe("timeout");
  await enrol(line);
  const row = page.getByRole("row", { name: /^stranger .*in sync .*role=web/ });
  await row.waitFor();
  await shop.centre.settled("stranger", ...HOSTS);
  expect(await order("stranger")).toBe("connected");

  await row.getByRole("link", { name: "stranger" }).click();
  await page.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByText("One host: its connection ends, its certificate is refused").waitFor();
  await dialog.getByRole("button", { name: "Revoke it for good" }).click();
  await page.getByRole("main").getByText("revoked").first().waitFor();
  expect(await page.getByRole("button", { name: /^(?:Revoke|Isolate|Labels)$/ }).count()).toBe(0);
  expect(await reader.obstacles()).toEqual([]);
  await newcomer?.until("link-down");
  await shop.centre.settled(...HOSTS);
  expect(await order("stranger")).toBe("timeout");
  await reader.goes("/hosts?state=revoked");
  await page.getByRole("row", { name: /^stranger/ }).waitFor();
});

/** Runs the line in the stranger's shell, where a package manager and systemd are played. */
async function enrol(line: string): Promise<void> {
  const stranger = host("stranger");
  const agent = `#!/bin/sh\nexec ${AGENT} "$@" --state-dir ${stranger.scratch}/state\n`;
  for (const [name, text] of [
    ["apt-get", "#!/bin/sh\n"],
    ["systemctl", "#!/bin/sh\n"],
    ["bulkhead-agent", agent],
  ] as const)
    await stranger.run(["chmod", "755", await stranger.write(`bin/${name}`, text)]);
  const PATH = `${stranger.scratch}/bin:${process.env.PATH}`;
  await stranger.run(["sh", "-c", line], { env: { PATH } });
  newcomer = Daemon.start(stranger, undefined);
}

test("nothing was stopped by the security policy, nobody else was asked, and the console is empty", () => {
  expect(reader.complaints).toEqual([]);
});
