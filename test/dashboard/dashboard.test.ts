/** The dashboard in a real browser, before a real server with real agents. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Reader } from "./browser.ts";
import { PAGES } from "./pages.ts";
import { POLICY, Shop } from "./shop.ts";
import { cramped, unreachable } from "./widths.ts";

let shop: Shop;
let reader: Reader;

beforeAll(async () => {
  shop = await Shop.open(["web-1", "db-1"]);
  reader = await Reader.start(shop.estate.host("hub"), { width: 1280, height: 800 });
});
afterAll(async () => {
  await reader?.end();
  await shop?.[Symbol.asyncDispose]();
});

const at = (path: string) => new URL(path, shop.signInLink).href;

test("who is not signed in is told how to; the printed link signs in once and opens the dashboard", async () => {
  const { page } = reader;
  await page.goto(at("/flows"));
  await page.getByText("No password yet?").waitFor();
  // The browser itself notes the 401 of asking who one is.
  expect(reader.complaints.splice(0).every((complaint) => complaint.includes("401"))).toBe(true);
  await page.goto(shop.signInLink);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.locator(".connection.live").waitFor();
  expect(new URL(page.url()).pathname).toBe("/");
  expect(await page.evaluate(`fetch(${JSON.stringify(shop.signInLink)}).then(({ status }) => status)`)).toBe(
    401,
  );
  expect(reader.complaints.splice(0).every((complaint) => complaint.includes("401"))).toBe(true);
});

test("a denial appears by itself, and says why, and leads to the same answer of the simulator", async () => {
  const { page } = reader;
  await reader.goes("/flows?verdict=deny");
  await page.getByText("Nothing like this was seen").waitFor();
  const intruding = shop.intrude();
  const row = page.getByRole("row", { name: /10\.0\.0\.99.*db-1.*tcp\/5432/ });
  await row.waitFor();
  await row.getByRole("button").click();
  const why = page.getByRole("complementary", { name: "Why" });
  await why.getByText("by db-1: no rule allows it").waitFor();
  await why.getByText("No agent there").waitFor();
  await intruding;
  await why.getByRole("link", { name: "Ask what the active policy says" }).click();
  await page.getByRole("heading", { name: "What the active policy says" }).waitFor();
  await page.locator(".outcome .verdict.deny").first().waitFor();
  await page.locator(".observed .verdict.deny").first().waitFor();
});

test("a question's rule is a draft with one click", async () => {
  const { page } = reader;
  await page.goto(at("/suggestions?window=1h"));
  const question = page.getByRole("listitem").filter({ hasText: /^10\.0\.0\.99 .* db-1/ });
  await question.getByRole("link", { name: "Draft it" }).click();
  await page.getByText("from: 10.0.0.99, to: db").waitFor();
});

test("a rule drafted from a denial: problems as one types, what it changes, in force on all hosts", async () => {
  const { page } = reader;
  await reader.goes("/policy/edit?from=10.0.0.99&to=db&service=tcp/5432");
  const editor = page.getByRole("textbox", { name: "shop.yaml, YAML" });
  await editor.getByText("10.0.0.99").waitFor();
  await editor.press("Control+End");
  await editor.pressSequentially("nonsense: 1");
  await page.locator(".problems .error").first().waitFor();
  expect(await page.getByRole("button", { name: "Keep as a draft" }).isDisabled()).toBe(true);
  for (let key = 0; key < "nonsense: 1".length; key += 1) await editor.press("Backspace");
  await page.getByLabel("What it is for").fill("the stranger may read orders");
  await page.getByRole("button", { name: "Keep as a draft" }).click();
  await page.getByRole("heading", { name: "Version 2" }).waitFor();
  await page.locator(".ways.allow li", { hasText: "10.0.0.99" }).first().waitFor();
  await page.getByRole("button", { name: "Provision" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("2 connected hosts take it on").waitFor();
  await dialog.getByText("No recorded connection would break.").waitFor();
  await page.getByRole("button", { name: "Make version 2 active" }).click();
  await page.getByText("● in force").waitFor();
  await shop.centre.settled("web-1", "db-1");
  expect(await shop.estate.host("stranger").connect("db-1", "tcp/5432")).toBe("connected");
});

test("a label that changes on a host is on its page by itself", async () => {
  const { page } = reader;
  await reader.goes("/hosts/web-1");
  await page.getByText("in sync").first().waitFor();
  await shop.centre.ask("host", "label", "web-1", "--labels", "role=web,site=north");
  await page.getByText("site=north").first().waitFor();
});

test("what lies ahead is told as that: when a token expires; one that is used up says so and offers nothing", async () => {
  const { page } = reader;
  await reader.goes("/tokens");
  const used = page.getByRole("row").filter({ hasText: "used up" }).first();
  await used.waitFor();
  expect(await used.getByRole("button").count()).toBe(0);
  await shop.centre.token("role=web");
  await page
    .getByRole("cell", { name: /^in \d+ (?:min|h|days)$/ })
    .first()
    .waitFor();
});

test("keys lead anywhere: search, help, pages", async () => {
  const { page } = reader;
  await reader.goes("/hosts");
  await page.getByRole("heading", { name: "Hosts" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.getByRole("searchbox", { name: "Search" }).waitFor();
  await page.keyboard.type("db-1");
  await page.getByRole("menuitem", { name: /db-1/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "db-1" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.getByRole("heading", { name: "Map" }).waitFor();
});

test("somebody else's hand on a host alarms at once, counted beside the way to it, until somebody has seen it", async () => {
  const { page } = reader;
  await reader.goes("/");
  await page.locator(".connection.live").waitFor();
  const ways = page.getByRole("navigation", { name: "Pages" });
  expect(await ways.locator(".alert-count").count()).toBe(0);
  await shop.estate.host("web-1").exec(["nft", "add", "rule", "inet", "bulkhead", "input", "accept"]);
  const waiting = page.getByRole("region", { name: "Waiting for you" });
  await waiting.getByRole("link", { name: "the rules of web-1 were changed" }).waitFor();
  await ways.getByRole("link", { name: /Alerts.*1 alert that nobody has acknowledged/ }).click();
  const alert = page.getByRole("listitem").filter({ hasText: "the rules of web-1 were changed" });
  await alert.getByRole("link", { name: "Open host web-1" }).waitFor();
  await alert.getByRole("button", { name: "Acknowledge" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What you know of it").fill("a drill");
  await dialog.getByRole("button", { name: "I have seen it" }).click();
  await alert.getByText("✓ administrator").waitFor();
  await alert.getByText("a drill").waitFor();
  expect(await ways.locator(".alert-count").count()).toBe(0);
});

test("a draft's impact names the recorded connections that it would break; it is made active only when asked twice", async () => {
  const { page } = reader;
  // What is allowed is told when its time is full; the page hears of it by itself.
  await reader.goes("/flows?verdict=allow&from=10.0.0.99&to=db-1");
  await page.locator(".flow-row").first().waitFor();
  const closed = `${POLICY}never:\n  - { name: walled, from: 10.0.0.99, to: db, service: orders }\n`;
  const number = await shop.centre.push(closed);
  await page.route("**/api/v1/plan", () => {}, { times: 1 });
  await reader.goes(`/policy/${number}?show=impact`);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Make it out" }).click();
  const breaking = page.getByRole("region", { name: "Would break" }).first();
  const row = breaking.getByRole("row", { name: /10\.0\.0\.99 db-1 tcp\/5432 \d+ .* no rule allows it/ });
  await row.waitFor();
  await page.getByText("Tests and invariants: 1 of 1 hold").waitFor();
  expect(await row.getByRole("link", { name: "flows" }).getAttribute("href")).toBe(
    "/flows?from=10.0.0.99&to=db-1&service=tcp%2F5432&window=7d",
  );
  expect(await reader.obstacles()).toEqual([]);
  await page.getByRole("button", { name: "Provision" }).click();
  const dialog = page.getByRole("dialog");
  const go = dialog.getByRole("button", { name: `Make version ${number} active` });
  await dialog.getByText(/\d+ recorded connections? would break/).waitFor();
  await go.click();
  await dialog.getByRole("alert").getByText("10.0.0.99 → db-1").waitFor();
  const sure = dialog.getByRole("button", { name: "Break them and make it active" });
  expect(await sure.isDisabled()).toBe(true);
  expect(await reader.obstacles()).toEqual([]);
  await dialog.getByLabel("That is what I want").check();
  await sure.click();
  await page.getByText("● in force").waitFor();
  await shop.centre.settled("web-1", "db-1");
  expect(await shop.estate.host("stranger").connect("db-1", "tcp/5432")).toBe("timeout");
});

test("a draft that breaks its own invariant is not kept, and the flow that breaks it is named", async () => {
  const { page } = reader;
  await reader.goes("/policy/edit?from=10.0.0.99&to=db&service=tcp/5432");
  await page.getByRole("button", { name: "Keep as a draft" }).click();
  await page
    .getByRole("alert")
    .getByText(/walled.*does not hold: 10\.0\.0\.99/)
    .waitFor();
});

test("a version is tried: the countdown is on every page, and goes with the trial's end", async () => {
  const { page } = reader;
  const number = await shop.centre.push(POLICY.replace("name: shop", "name: shop-front"));
  await reader.goes(`/policy/${number}`);
  await page.getByRole("button", { name: "Provision" }).click();
  await page.getByRole("button", { name: "Try it for 10 minutes" }).click();
  const banner = page.getByRole("region", { name: "A version is on trial" });
  await banner.getByText(`Version ${number} is on trial`).waitFor();
  expect(await banner.getByRole("timer").textContent()).toMatch(/^(10:00|9:\d\d)$/);
  expect(await reader.obstacles()).toEqual([]);
  await reader.goes("/hosts");
  await banner.getByRole("button", { name: "Go back now" }).click();
  await banner.waitFor({ state: "detached" });
  await shop.centre.settled("web-1", "db-1");
});

/** The row of db-1 on its segment's page, whose kernel was read back as this. */
const dbInKernel = (mode: string) =>
  reader.page
    .getByRole("region", { name: "Hosts of the segment" })
    .getByRole("row", { name: new RegExp(`^db-1 role=db ${mode} ${mode} in sync`) });

test("a segment that is to observe: its host's kernel lets through what it denied, and the page says what it read back", async () => {
  const { page } = reader;
  await reader.goes("/segments?find=db");
  await page
    .getByRole("row", { name: /^db role=db enforce/ })
    .getByRole("link", { name: "db" })
    .click();
  await dbInKernel("enforce").waitFor();
  await page.getByRole("button", { name: "Change mode" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("1 host of 1 member would have another mode.").waitFor();
  await dialog.getByText("1 connected host takes it on").waitFor();
  await dialog.getByText("No recorded connection would break.").waitFor();
  expect(await reader.obstacles()).toEqual([]);
  await dialog.getByRole("button", { name: "Have db observe" }).click();
  await dbInKernel("observe").waitFor();
  expect(await shop.estate.host("stranger").connect("db-1", "tcp/5432")).toBe("connected");
});

test("lint says where the policy is read and written that rules lead to a segment that only observes", async () => {
  const { page } = reader;
  const doubt = "1 rule leads to 'db', whose 1 host only observes what comes in";
  await reader.goes("/policy");
  await page.getByRole("link", { name: "What they are" }).click();
  await page.getByRole("button", { name: "Lint (1)" }).waitFor();
  const found = page.getByRole("region", { name: "What is doubtful" }).getByRole("listitem");
  await found.filter({ hasText: doubt }).getByRole("link", { name: /:3:3$/ }).click();
  await page.locator(".editor .cm-activeLine", { hasText: "mode: observe" }).waitFor();
  await reader.goes("/policy/edit");
  await page.getByRole("region", { name: "Problems" }).getByText(doubt).waitFor();
});

test("a segment that is to enforce again: the recorded connections that this breaks are named before, and then it does", async () => {
  const { page } = reader;
  await reader.goes("/flows?verdict=would-deny&from=10.0.0.99&to=db-1");
  await page.locator(".flow-row").first().waitFor();
  // Loaded anew: what was made out a moment ago is kept for a while.
  await page.goto(at("/segments/db"));
  const breaking = page.getByRole("region", { name: "Would break" }).first();
  await breaking
    .getByRole("row", { name: /10\.0\.0\.99 db-1 tcp\/5432 \d+ \S+ would be denied .* denied by/ })
    .waitFor();
  await page.getByRole("button", { name: "Change mode" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/\d+ recorded connections? would break/).waitFor();
  await dialog.getByRole("button", { name: "Have db enforce" }).click();
  await dialog.getByRole("alert").getByText("10.0.0.99 → db-1").first().waitFor();
  await dialog.getByLabel("That is what I want").check();
  await dialog.getByRole("button", { name: "Break them and make it active" }).click();
  await dbInKernel("enforce").waitFor();
  expect(await shop.estate.host("stranger").connect("db-1", "tcp/5432")).toBe("timeout");
});

test("what a label breaks of the policy's own tests waits on the overview, with the label as the cause, until it holds", async () => {
  const { page } = reader;
  const claim = "tests:\n  - { from: 10.0.0.11, to: db, allow: tcp/5432 }\n";
  await shop.provision(`${POLICY}${claim}`, "orders must get through");
  const answers = () =>
    page.waitForResponse((answer) => answer.url().includes("/suggestion"), { timeout: 0 });
  const first = answers();
  await page.goto(at("/"));
  // The questions are asked again for whoever stays.
  const again = first.then(answers);
  await page.locator(".share").waitFor();
  await page.getByText(/Per minute; most at/).waitFor();
  const broken = page
    .getByRole("region", { name: "Waiting for you" })
    .getByRole("listitem")
    .filter({ hasText: "no longer holds" });
  expect(await broken.count()).toBe(0);
  await shop.centre.ask("host", "label", "web-1", "--labels", "role=other");
  await broken.getByText(/web-1/).first().waitFor();
  await broken.getByText("shop.yaml:").waitFor();
  await page
    .getByRole("region", { name: "Questions worth asking" })
    .getByRole("link", { name: /^10\.0\.0\.99 (?:talks to|tries) db-1/ })
    .waitFor();
  expect(await reader.obstacles()).toEqual([]);
  await shop.centre.ask("host", "label", "web-1", "--labels", "role=web");
  await broken.waitFor({ state: "detached" });
  await again;
});

test("every page can be used by those who see nothing, or little, in both schemes; it fits a phone and both desks", async () => {
  const { page } = reader;
  const found = [...(await unreachable(page))];
  for (const { path, sign } of PAGES) {
    await reader.goes(path);
    await page.locator(sign).first().waitFor();
    const light = await reader.obstacles();
    // Nothing but colours differs.
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await reader.obstacles("color-contrast");
    await page.emulateMedia({ colorScheme: "light" });
    found.push(...[...light, ...dark, ...(await cramped(page))].map((words) => `${path}: ${words}`));
  }
  expect(found).toEqual([]);
}, 240_000);

test("nothing was stopped by the security policy, nobody else was asked, and the console is empty", () => {
  expect(reader.complaints).toEqual([]);
});
