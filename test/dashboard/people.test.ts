/** People before the dashboard: signing in, their own accounts, and those of others. No hosts are needed. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeOf, stepAt } from "@bulkhead/server/accounts/totp.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LoneServer } from "../centre/lone-server.ts";
import { Reader } from "./browser.ts";

const OWN = "correct horse battery";
const VERAS = "purple tractor lullaby";

let scratch: string;
let server: LoneServer;
let reader: Reader;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "bulkhead-people-"));
  server = await LoneServer.start(join(scratch, "data"));
  reader = await Reader.open();
});
afterAll(async () => {
  await reader?.end();
  await server?.end();
  await rm(scratch, { recursive: true, force: true });
});

const linkFor = async (name: string) =>
  (await server.client.post<{ url: string }>(`/api/v1/accounts/${name}/sign-in-links`)).url;

let base: string;
const at = (path: string) => new URL(path, base).href;

/** The secret's bytes, from what a person would type into an authenticator. */
function fromBase32(text: string): Buffer {
  const bits = [...text.replaceAll(" ", "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

async function signIn(account: string, password: string, code?: string): Promise<void> {
  const { page } = reader;
  await page.getByLabel("Account").fill(account);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  if (code === undefined) return;
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The browser's console tells of what the server refused, which is what these tests are about. */
const forgetRefusals = () => {
  const others = reader.complaints.splice(0).filter((words) => !/status of (?:400|401|403)/.test(words));
  expect(others).toEqual([]);
};

let recovery: string;

test("a link leads to a password and a second factor, whose secret is shown as a picture and as text", async () => {
  const { page } = reader;
  const link = await linkFor("administrator");
  base = new URL("/", link).href;
  await page.goto(link);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.getByRole("button", { name: "Choose one" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("New password").fill("short");
  await dialog.getByRole("button", { name: "Set it" }).click();
  await dialog.getByText("a password has at least 12 characters").waitFor();
  await dialog.getByLabel("New password").fill(OWN);
  await dialog.getByRole("button", { name: "Set it" }).click();
  await page.getByText("A password is set.").waitFor();
  await page.getByRole("button", { name: "Set it up" }).click();
  await dialog.getByLabel("Present password").fill(OWN);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByRole("img", { name: /The secret/ }).waitFor();
  expect(await reader.obstacles()).toEqual([]);
  const secret = fromBase32((await dialog.locator("code.secret").textContent()) ?? "");
  expect(secret).toHaveLength(20);
  await dialog.getByLabel("The code that it shows now").fill(codeOf(secret, stepAt(Date.now())));
  await dialog.getByRole("button", { name: "Turn it on" }).click();
  const codes = ((await dialog.locator(".recovery-codes").textContent()) ?? "").split("\n");
  recovery = codes[0] ?? "";
  expect(await reader.obstacles()).toEqual([]);
  await dialog.getByRole("button", { name: "I have it" }).click();
  await page.getByText(`${codes.length} recovery codes left`).waitFor();
  expect(await reader.obstacles()).toEqual([]);
});

test("whoever signs in is told what is wrong, asked for a code, and led to where they were going", async () => {
  const { page } = reader;
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Account").waitFor();
  await page.goto(at("/settings"));
  await signIn("administrator", "not the password at all");
  await page.getByRole("alert").getByText("account, password or code is wrong").waitFor();
  expect(await reader.obstacles()).toEqual([]);
  await signIn("administrator", OWN, recovery);
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await page.locator(".connection.live").waitFor();
  forgetRefusals();
});

test("an account is made with a link; its owner gets in by it, and only sees", async () => {
  const { page } = reader;
  await reader.goes("/accounts");
  await page.getByRole("button", { name: "New account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("vera");
  await dialog.getByRole("button", { name: "Make it, and a link" }).click();
  const link = (await dialog.locator(".secret").textContent()) ?? "";
  await dialog.getByRole("button", { name: "I have it" }).click();
  await page.getByRole("link", { name: "vera" }).waitFor();
  expect(await reader.obstacles()).toEqual([]);
  await page.goto(link);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  expect(await page.getByRole("link", { name: "Accounts" }).count()).toBe(0);
  await reader.goes("/policy");
  await page.getByText("There is no version yet.").waitFor();
  expect(await page.getByRole("link", { name: "Edit" }).count()).toBe(0);
  await reader.goes("/accounts");
  await page.getByRole("alert").getByText("this needs administrator").waitFor();
  expect(await page.getByRole("button", { name: "New account" }).count()).toBe(0);
  await reader.goes("/account");
  await page.getByRole("button", { name: "Choose one" }).click();
  await dialog.getByLabel("New password").fill(VERAS);
  await dialog.getByRole("button", { name: "Set it" }).click();
  await page.getByText("A password is set.").waitFor();
  forgetRefusals();
});

test("a lock is shown and lifted; who is disabled is asked to sign in again at once", async () => {
  const { page } = reader;
  const veras = await reader.other();
  try {
    await veras.page.goto(await linkFor("vera"));
    await veras.page.locator(".connection.live").waitFor();
    for (let time = 0; time < 10; time += 1)
      await server.client
        .post("/api/v1/sign-in", { account: "vera", password: "a wrong guess", keep: "token" })
        .catch(() => {});
    await page.goto(await linkFor("administrator"));
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await reader.goes("/accounts/vera");
    await page.getByText("▣ locked").waitFor();
    await page.getByRole("button", { name: "Lift the lock" }).click();
    expect(await reader.obstacles()).toEqual([]);
    await page.getByRole("button", { name: "Lift it" }).click();
    await page.getByText("● may sign in").waitFor();
    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByRole("button", { name: "Disable it" }).click();
    await page.getByText("× disabled").waitFor();
    await page.getByText("Nobody is signed in to it.").waitFor();
    // Also by itself, with the next heartbeat of what it listens to.
    await veras.page.getByRole("link", { name: "Flows", exact: true }).click();
    await veras.page.getByLabel("Account").waitFor();
  } finally {
    await veras.end();
  }
  expect(await reader.obstacles()).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await reader.obstacles("color-contrast")).toEqual([]);
});

test("a receiver that cannot be reached says so; it is tried, paused, resumed, removed", async () => {
  const { page } = reader;
  await reader.goes("/receivers");
  await page.getByText("Nobody else is told of anything.").waitFor();
  await server.client.post("/api/v1/receivers", {
    ...{ name: "pager", what: ["alerts"], choice: { severity: "critical" } },
    target: { kind: "webhook", url: "http://127.0.0.1:9/hook?key=hidden" },
  });
  const row = page.getByRole("row", { name: /pager.*webhook http:\/\/127\.0\.0\.1:9 .*critical or worse/ });
  await row.getByRole("button", { name: "Test" }).click();
  await row.getByText(/it did not: .*127\.0\.0\.1:9/).waitFor();
  expect(await page.getByText("hidden").count()).toBe(0);
  await row.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Pause it" }).click();
  await row.getByText("‖ paused").waitFor();
  expect(await reader.obstacles()).toEqual([]);
  await row.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Resume it" }).click();
  await row.getByText("● delivering").waitFor();
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await page.getByText("Nobody else is told of anything.").waitFor();
});

test("nothing was stopped by the security policy, nobody else was asked, and the console is empty", () => {
  expect(reader.complaints).toEqual([]);
});
