/** Signing in at a real provider in a real browser, which knows what another site may do with our cookies. The provider is `localhost`, the server `127.0.0.1`: two sites. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LoneServer } from "../centre/lone-server.ts";
import { CLIENT, RealProvider } from "../identity/real-provider.ts";
import { Reader } from "./browser.ts";

let scratch: string;
let server: LoneServer;
let provider: RealProvider;
let reader: Reader;
let base: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "bulkhead-provider-"));
  server = await LoneServer.start(join(scratch, "data"));
  const { redirectUri } = await server.client.get<{ redirectUri: string }>("/api/v1/identity");
  base = new URL("/", redirectUri).href;
  provider = await RealProvider.start([redirectUri], "localhost");
  provider.people = { anna: { preferred_username: "anna", groups: ["admins"] }, eve: { groups: [] } };
  await server.client.send("PUT", "/api/v1/identity", {
    provider: {
      ...{
        name: "Example ID",
        issuer: provider.issuer,
        clientId: CLIENT.id,
        authorities: provider.authority,
      },
      ...{ scopes: ["openid", "profile", "groups"], groupsClaim: "groups", domains: [], url: null },
      ...{ groups: [{ group: "admins", role: "administrator", scope: null }], everybody: null },
    },
    secret: CLIENT.secret,
  });
  reader = await Reader.open();
});
afterAll(async () => {
  await reader?.end();
  await provider?.[Symbol.asyncDispose]();
  await server?.end();
  await rm(scratch, { recursive: true, force: true });
});

const way = () => reader.page.getByRole("link", { name: "Sign in with Example ID" });

test("whoever the provider gives no role is told so, and may try again", async () => {
  provider.signsIn = "eve";
  await reader.page.goto(new URL("/settings", base).href);
  await way().click();
  await reader.page.getByText("the identity provider gives no role here").waitFor();
  expect(await reader.obstacles()).toEqual([]);
});

test("a browser comes back from the provider's site to the page that was wanted, signed in, and stays so", async () => {
  const { page } = reader;
  provider.signsIn = "anna";
  await page.context().clearCookies();
  await page.goto(new URL("/settings", base).href);
  await way().click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  expect(page.url()).toBe(new URL("/settings", base).href);
  const cookies = await page.context().cookies(base);
  expect(cookies.map(({ name, sameSite, httpOnly, secure }) => [name, sameSite, httpOnly, secure])).toEqual([
    ["__Host-bulkhead", "Strict", true, true],
  ]);
  await page.reload();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
});

test("going back in the browser's history signs nobody in or out", async () => {
  const { page } = reader;
  await page.goBack();
  await page.goto(base);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const policy = reader.complaints.filter((words) => /Content Security Policy|exception/.test(words));
  expect(policy).toEqual([]);
});
