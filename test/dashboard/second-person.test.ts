/** From a denial to a flow that is allowed, through two people and past one who may only look; real agents enforce it. */

import type { Role } from "@bulkhead/server/accounts/role.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Reader } from "./browser.ts";
import { PAGES } from "./pages.ts";
import { Shop } from "./shop.ts";

const PASSWORD = "correct horse battery";
const PEOPLE: Readonly<Record<string, Role>> = { erin: "editor", paul: "approver", vera: "viewer" };

let shop: Shop;
let reader: Reader;
let version: string;

beforeAll(async () => {
  shop = await Shop.open(["web-1", "db-1"]);
  const office = shop.centre.client;
  for (const [name, role] of Object.entries(PEOPLE))
    await office.post("/api/v1/accounts", { name, role, password: PASSWORD });
  await office.send("PATCH", "/api/v1/settings", { approvals: 1 });
  reader = await Reader.start(shop.estate.host("hub"), { width: 1280, height: 800 });
});
afterAll(async () => {
  await reader?.end();
  await shop?.[Symbol.asyncDispose]();
});

/** Somebody else comes to the same browser, at this address. */
async function comes(account: string, path: string): Promise<void> {
  const { page } = reader;
  await page.context().clearCookies();
  await page.goto(new URL(path, shop.signInLink).href);
  await page.getByLabel("Account").fill(account);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".connection.live").waitFor();
  // The browser itself notes the 401 of asking who one is.
  forgetRefusals(401);
}

function forgetRefusals(status: number): void {
  const words = `status of ${status}`;
  expect(reader.complaints.splice(0).filter((complaint) => !complaint.includes(words))).toEqual([]);
}

/** What the API says to whoever is signed in, as `403 server/role-too-low`. */
function refusal(method: string, path: string, body: unknown = {}): Promise<string> {
  const init = {
    ...{ method, body: JSON.stringify(body) },
    headers: { "x-bulkhead": "1", "content-type": "application/json" },
  };
  const asked = `fetch(${JSON.stringify(`/api/v1/${path}`)}, ${JSON.stringify(init)})`;
  return reader.page.evaluate<string>(
    `${asked}.then(async (told) => told.status + " " + ((await told.json()).error?.code ?? "taken"))`,
  );
}

/** Runs in the page: what its buttons are called. */
const BUTTONS = `[...document.querySelectorAll("main button")].map((one) => one.ariaLabel ?? one.textContent)`;

/** What is shown and how, what another mode would mean, how evidence is made, and one's own account. */
const HARMLESS =
  /^(?:\d+ days|A day|A week|An hour|All|Allowed|Would be denied|Denied|(?:allowed|would be denied|denied): why|Not acknowledged|Open|With those that are over|Segments|Hosts|Units|Nearer|Farther|\+|−|Changes as text|Files|Impact|Lint|enforce|observe|off|Make it out(?: anew)?|Verify the log|Make it|Change it|Choose one|Set it up|End)$/;

const intruder = () => reader.page.getByRole("row", { name: /10\.0\.0\.99.*db-1.*tcp\/5432/ });
const versionActions = () =>
  reader.page.getByRole("button", { name: /^(?:Provision|In waves|Approve|Edit from here|Roll back)$/ });

test("an editor sees a denial appear, asks why, drafts the rule from it, and sees what it would change", async () => {
  const { page } = reader;
  await comes("erin", "/flows?verdict=deny");
  await page.getByText("Nothing like this was seen").waitFor();
  await shop.intrude();
  await intruder().getByRole("button").click();
  const why = page.getByRole("complementary", { name: "Why" });
  await why.getByText("by db-1: no rule allows it").waitFor();
  await why.getByRole("link", { name: "Draft a rule that allows it" }).click();
  await page
    .getByRole("textbox", { name: "shop.yaml, YAML" })
    .getByText("allow: tcp/5432, from: 10.0.0.99, to: db")
    .waitFor();
  await page.getByLabel("What it is for").fill("the stranger turns out to be the bookkeeper");
  await page.getByRole("button", { name: "Keep as a draft" }).click();
  const opened = page.getByRole("region", { name: "Were denied, and would get through" }).first();
  await opened.getByRole("row", { name: /10\.0\.0\.99 db-1 tcp\/5432/ }).waitFor();
  await page.locator(".ways.allow li", { hasText: "10.0.0.99" }).first().waitFor();
  version = /\d+$/.exec(new URL(page.url()).pathname)?.[0] ?? "";
});

test("its author is told that somebody else has to approve it, and may not make it active", async () => {
  const { page } = reader;
  const approvals = page.getByRole("region", { name: "Approvals" });
  await approvals.getByText("0 of 1 approval").waitFor();
  expect(await versionActions().count()).toBe(0);
  expect(await refusal("POST", `policies/${version}/provision`)).toBe("403 server/role-too-low");
  expect(await refusal("POST", `policies/${version}/approval`, { note: "" })).toBe("403 server/role-too-low");
  expect(await reader.obstacles()).toEqual([]);
  forgetRefusals(403);
});

test("who may only look sees the draft and why, no button, and is refused by the server as well", async () => {
  const { page } = reader;
  await comes("vera", `/policy/${version}`);
  await page.getByRole("region", { name: "Approvals" }).getByText("0 of 1 approval").waitFor();
  expect(await versionActions().count()).toBe(0);
  expect(await page.getByRole("link", { name: "Edit from here" }).count()).toBe(0);
  await page.getByRole("link", { name: "Flows", exact: true }).click();
  await intruder().getByRole("button").click();
  const why = page.getByRole("complementary", { name: "Why" });
  await why.getByText("by db-1: no rule allows it").waitFor();
  expect(await why.getByRole("link", { name: "Draft a rule" }).count()).toBe(0);
  await reader.goes("/segments/db?to=observe");
  await page.getByText("1 host of 1 member would have another mode.").waitFor();
  expect(await page.getByRole("button", { name: "Change mode" }).count()).toBe(0);
  await reader.goes("/policy/edit");
  await page.getByText("Only an editor keeps drafts.").waitFor();
  expect(await page.getByRole("button", { name: "Keep as a draft" }).count()).toBe(0);
  const files = [{ name: "shop.yaml", text: "segments: {}\n" }];
  expect(await refusal("POST", "policies", { files, message: "" })).toBe("403 server/role-too-low");
  expect(await refusal("POST", `policies/${version}/provision`)).toBe("403 server/role-too-low");
  forgetRefusals(403);
});

test("an editor may keep another mode as a draft alone; who makes it active is told that it is not approved, and where it is kept", async () => {
  const { page } = reader;
  const dialog = page.getByRole("dialog");
  await comes("erin", "/segments/db?to=observe");
  await page.getByRole("button", { name: "Change mode" }).click();
  await dialog.getByText("You may keep it as a draft").waitFor();
  expect(await dialog.getByRole("button", { name: /^(?:Have|Try|In waves)/ }).count()).toBe(0);
  await comes("paul", "/segments/db?to=observe");
  await page.getByRole("button", { name: "Change mode" }).click();
  await dialog.getByText("No recorded connection would break.").waitFor();
  for (let time = 0; time < 2; time += 1) {
    await dialog.getByRole("button", { name: "Have db observe" }).click();
    await dialog.getByRole("alert").getByText("has to be approved by 1 person, and 0 did").waitFor();
  }
  // Refused twice, and kept once.
  await dialog.getByRole("link", { name: "version 3" }).click();
  await page.getByText("mode of db: observe (version 1 otherwise)").waitFor();
  await page.getByRole("region", { name: "Approvals" }).getByText("0 of 1 approval").waitFor();
  forgetRefusals(409);
});

test("a second person is refused while nobody has approved it, approves it, and makes it active", async () => {
  const { page } = reader;
  await comes("paul", `/policy/${version}`);
  await page.getByRole("button", { name: "Provision" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("2 connected hosts take it on").waitFor();
  await dialog.getByText("No recorded connection would break.").waitFor();
  await dialog.getByRole("button", { name: `Make version ${version} active` }).click();
  await dialog.getByRole("alert").getByText("has to be approved by 1 person, and 0 did").waitFor();
  expect(await shop.estate.host("stranger").connect("db-1", "tcp/5432")).toBe("timeout");
  await dialog.getByRole("button", { name: "Leave it" }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await dialog.getByLabel("What you have looked at").fill("the flow and its impact");
  await dialog.getByRole("button", { name: "Approve it" }).click();
  await page.getByRole("region", { name: "Approvals" }).getByText("1 of 1 approval").waitFor();
  expect(await reader.obstacles()).toEqual([]);
  await page.getByRole("button", { name: "Provision" }).click();
  await dialog.getByRole("button", { name: `Make version ${version} active` }).click();
  await page.getByText("● in force").waitFor();
  await shop.centre.settled("web-1", "db-1");
  expect(await shop.estate.host("stranger").connect("db-1", "tcp/5432")).toBe("connected");
  forgetRefusals(409);
});

test("an auditor makes evidence of it, keeps it as JSON, and prints the page", async () => {
  const { page } = reader;
  await comes("vera", "/evidence");
  await page.getByLabel("Segment").fill("nowhere");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("alert").getByText("has a segment").waitFor();
  await page.getByLabel("Segment").fill("db");
  await page.getByRole("button", { name: "Make it" }).click();
  const evidence = page.getByRole("region", { name: "The evidence" });
  await evidence.getByText("The audit log is whole").waitFor();
  expect(await reader.obstacles()).toEqual([]);
  const kept = page.waitForEvent("download");
  await evidence.getByRole("button", { name: "Download as JSON" }).click();
  const download = await kept;
  expect(download.suggestedFilename()).toMatch(/^evidence-db-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.json$/);
  const checked = await shop.centre.ask("evidence", "--check", await download.path());
  expect(checked).toMatchObject({ code: 0 });
  const opened = page.waitForEvent("popup");
  await evidence.getByRole("link", { name: "Open the page to print" }).click();
  await (await opened).getByText("the flow and its impact").first().waitFor();
  forgetRefusals(404);
});

test("on no page is there a button for who may only look that would change more than the own account", async () => {
  const { page } = reader;
  const buttons = new Set<string>();
  for (const { path, sign } of PAGES) {
    await reader.goes(path);
    await page.locator(`:is(${sign}), main .notice.bad, main .empty`).first().waitFor();
    for (const name of await page.evaluate<string[]>(BUTTONS)) buttons.add(name);
  }
  expect([...buttons].filter((name) => !HARMLESS.test(name))).toEqual([]);
  forgetRefusals(403);
});

test("what was denied passed, and the page shows it as allowed, by the drafted rule", async () => {
  const { page } = reader;
  await reader.goes("/flows?verdict=allow&from=10.0.0.99");
  await intruder().getByRole("button").click();
  await page
    .getByRole("complementary", { name: "Why" })
    .getByRole("link", { name: /^shop\.yaml:\d+$/ })
    .waitFor();
});
