/** An editor who is limited to segments, before the real API: what of a draft is taken, and what is told where it is not. */

import { expect, test } from "vitest";
import { Office, type Who } from "./office.ts";

const policy = (rules: string, webMode = "enforce") => `
segments:
  web: { select: "role=web", mode: ${webMode} }
  db: { select: "role=db" }
  office: { addresses: [198.51.100.0/24] }
rules:
${rules}`;
const ORDERS = "  - { name: orders, allow: tcp/5432, from: web, to: db }\n";
const FRONT = "  - { name: front, allow: tcp/443, from: office, to: web }\n";

interface Pushed {
  readonly number: number | null;
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly place: { readonly line: number };
  }[];
}

const push = (office: Office, who: Who, text: string) =>
  office.done<Pushed>(who, "POST", "/api/v1/policies", {
    files: [{ name: "policy.yaml", text }],
    message: "",
  });

async function open(): Promise<Office> {
  const office = await Office.open();
  office.join("web-1", "10.0.0.11", { role: "web" });
  office.join("db-1", "10.0.0.21", { role: "db" });
  const number = await office.push("socket", policy(ORDERS));
  await office.done("socket", "POST", `/api/v1/policies/${number}/provision`);
  return office;
}

test("a draft within the scope is kept, by an account and by a token; one beyond it is not, and its places are named", async () => {
  await using office = await open();
  const account = await office.hire("bob", "editor", ["web"]);
  const token = await office.token("socket", "web-pipeline", "editor", { scope: ["web"] });
  for (const who of [account, token]) {
    expect((await push(office, who, policy(`${ORDERS}${FRONT}`, "observe"))).number).toBe(2);
    const beyond = await push(office, who, policy(`${FRONT}${ORDERS.replace("5432", "1-65535")}`));
    expect([beyond.number, beyond.problems.map(({ code, place }) => `${place.line} ${code}`)]).toEqual([
      null,
      ["1 policy/out-of-scope", "8 policy/out-of-scope"],
    ]);
    expect(beyond.problems[1]?.message).toContain("its 'to' is 'db', which is not in your scope");
  }
  expect((await push(office, "socket", policy(FRONT))).number).toBe(3);
  expect(office.happened("api-token-made")[0]?.facts).toMatchObject({ role: "editor", scope: ["web"] });
});

test("what is compared is what is in force, not a draft of somebody else that nobody has provisioned", async () => {
  await using office = await open();
  const bob = await office.hire("bob", "editor", ["web"]);
  const wide = policy(`${ORDERS}  - { name: wide, allow: all, from: any, to: db }\n`);
  expect((await push(office, "socket", wide)).number).toBe(2);
  const on = await push(
    office,
    bob,
    policy(`${ORDERS}  - { name: wide, allow: all, from: any, to: db }\n${FRONT}`),
  );
  expect(on.problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^the rule 'wide' is new/),
  ]);
});

test("an editor with a scope labels no host, and an administrator who takes the scope away gives all of it back", async () => {
  await using office = await open();
  const bob = await office.hire("bob", "editor", ["web"]);
  const labels = { labels: { role: "web" } };
  expect(await office.refusal(bob, "PUT", "/api/v1/hosts/db-1/labels", labels)).toBe(
    "server/out-of-scope: 'bob' is limited to web, and this concerns more than some segments",
  );
  expect(office.estate.host("db-1").labels).toEqual({ role: "db" });
  // From the next request on, without signing in again.
  await office.done("socket", "PUT", "/api/v1/accounts/bob/scope", { scope: null });
  expect((await push(office, bob, policy(FRONT))).number).toBe(2);
});

test("no token of an approver is limited to segments, as it would not be", async () => {
  await using office = await open();
  const body = { name: "wide", role: "approver", scope: ["web"], expiresInSeconds: 3_600 };
  expect(await office.refusal("socket", "POST", "/api/v1/api-tokens", body)).toMatch(
    /only a viewer or an editor is limited to segments/,
  );
});
