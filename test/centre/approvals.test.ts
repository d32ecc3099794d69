/** The second person: what a version needs before it is provisioned, and what does not count as that. */

import { findingOf } from "@bulkhead/server/alerts/event-rules.ts";
import { expect, test } from "vitest";
import { Office, type Who } from "./office.ts";

const SEGMENTS = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
`;
const draft = (port: number, more = "") =>
  `${SEGMENTS}\nrules:\n  - { name: orders, allow: tcp/${port}, from: web, to: db }\n${more}`;

interface Version {
  readonly approvals: { readonly needed: number; readonly given: number };
  readonly approvedBy: readonly {
    readonly by: string;
    readonly invalid: string | null;
    readonly doubts: readonly string[];
  }[];
}

const approvals = (office: Office, who: Who, approvals: number) =>
  office.done(who, "PATCH", "/api/v1/settings", { approvals });
const approve = (office: Office, who: Who, number: number) =>
  office.done<Version>(who, "POST", `/api/v1/policies/${number}/approval`, { note: "looked at" });
const provision = (office: Office, who: Who, number: number) =>
  office.done(who, "POST", `/api/v1/policies/${number}/provision`);
const refused = (office: Office, who: Who, number: number) =>
  office.refusal(who, "POST", `/api/v1/policies/${number}/provision`);
const refusedApproval = (office: Office, who: Who, number: number) =>
  office.refusal(who, "POST", `/api/v1/policies/${number}/approval`, { note: "" });
const show = (office: Office, number: number) =>
  office.done<Version>("socket", "GET", `/api/v1/policies/${number}`);

/** Anna drafts, bob approves, one approval is needed. */
async function open(): Promise<{ readonly office: Office; readonly anna: Who; readonly bob: Who }> {
  const office = await Office.open();
  const [anna, bob] = [await office.hire("anna", "approver"), await office.hire("bob", "approver")];
  await approvals(office, "socket", 1);
  return { office, anna, bob };
}

test("without the setting nothing is asked for, and approvals may be given all the same", async () => {
  await using office = await Office.open();
  const [anna, bob] = [await office.hire("anna", "approver"), await office.hire("bob", "approver")];
  const number = await office.push(anna, draft(1));
  expect((await approve(office, bob, number)).approvals).toEqual({ needed: 0, given: 1 });
  await provision(office, anna, number);
});

test("a version is provisioned once a second person has approved it, by its author too", async () => {
  const { office, anna, bob } = await open();
  await using _office = office;
  const number = await office.push(anna, draft(1));
  expect(await refused(office, anna, number)).toBe(
    "server/approval-needed: version 1 of anna has to be approved by 1 person, and 0 did",
  );
  const version = await approve(office, bob, number);
  expect(version).toMatchObject({ approvals: { needed: 1, given: 1 }, approvedBy: [{ by: "bob" }] });
  await provision(office, anna, number);
  expect(office.happened("policy-approved", "policy-approvals-met")).toMatchObject([
    { who: "bob", about: "1", facts: { note: "looked at", doubts: [] } },
    { who: "anna", about: "1", facts: { needed: 1, by: ["bob"] } },
  ]);
});

test("the author cannot approve: not by another session, nor where a token of theirs has pushed it", async () => {
  const { office, bob } = await open();
  await using _office = office;
  const root = await office.hire("root", "administrator");
  const own = await office.push(root, draft(1));
  expect(await refusedApproval(office, await office.signIn("root"), own)).toContain(
    "'root' is the author of version 1",
  );
  const pipeline = await office.token(root, "pipeline", "editor");
  const byToken = await office.push(pipeline, draft(2));
  expect(await refusedApproval(office, root, byToken)).toContain("'root' is the author of version 2");
  // A token that a token has made is its owner's as well.
  const maker = await office.token(root, "maker", "administrator");
  const deeper = await office.push(await office.token(maker, "deeper", "editor"), draft(3));
  expect(await refusedApproval(office, root, deeper)).toContain("'root' is the author of version 3");
  await approve(office, bob, deeper);
  await provision(office, root, deeper);
});

test("only a person approves: no token, no sign-in link, nobody at the server's machine, no editor", async () => {
  const { office, anna } = await open();
  await using _office = office;
  const number = await office.push(anna, draft(1));
  const token = await office.token("socket", "robot", "administrator");
  expect(await refusedApproval(office, token, number)).toMatch(/approval-refused: an API token/);
  expect(await refusedApproval(office, "socket", number)).toMatch(
    /approval-refused: the server's own socket/,
  );
  const { secret } = office.server.accounts.makeSignInLink("bob");
  const byLink = office.server.accounts.signIn(secret);
  const linked = { token: `bulkhead-session-1.${byLink.secret}` };
  expect(await refusedApproval(office, linked, number)).toMatch(/approval-refused: a sign-in link/);
  const editor = await office.hire("eve", "editor");
  expect(await refusedApproval(office, editor, number)).toMatch(/role-too-low/);
  expect(await refused(office, token, number)).toMatch(/approval-needed/);
  expect(await refused(office, "socket", number)).toMatch(/approval-needed/);
});

test("where nobody knows the author, whoever approved it is not whoever provisions it", async () => {
  const { office, anna, bob } = await open();
  await using _office = office;
  const robot = await office.token("socket", "robot", "editor");
  const number = await office.push(robot, draft(1));
  await approve(office, bob, number);
  expect(await refused(office, bob, number)).toContain(
    "the approval of bob does not count: whoever provisions is another person",
  );
  await provision(office, anna, number);
});

test("an approval can be withdrawn, and ends with its account's role, its account, a version, seven days", async () => {
  const { office, anna, bob } = await open();
  await using _office = office;
  await office.hire("carol", "approver");
  const carol = await office.signIn("carol");
  const [first, second] = [await office.push(anna, draft(1)), await office.push(anna, draft(2))];
  await approve(office, bob, first);
  await office.done(bob, "DELETE", `/api/v1/policies/${first}/approval`);
  expect(await office.refusal(bob, "DELETE", `/api/v1/policies/${first}/approval`)).toContain(
    "'bob' has not approved version 1",
  );
  expect(await refused(office, anna, first)).toContain("0 did");
  await approve(office, bob, first);
  await approve(office, bob, second);
  await office.done("socket", "PUT", "/api/v1/accounts/bob/role", { role: "editor" });
  expect(await refused(office, anna, first)).toContain("the account is gone, disabled, or has a lower role");
  await office.done("socket", "DELETE", "/api/v1/accounts/bob");
  office.server.clock.now += 1_000;
  await office.hire("bob", "approver");
  expect(await refused(office, anna, first)).toContain("bob does not count: the account is gone");
  await approve(office, carol, first);
  await approve(office, carol, second);
  office.server.clock.now += 7 * 86_400_000 + 1;
  expect((await show(office, first)).approvedBy).toMatchObject([
    { by: "bob" },
    { by: "carol", invalid: "it is older than 7 days" },
  ]);
  const again = await office.signIn("carol");
  await approve(office, again, first);
  await approve(office, again, second);
  await provision(office, await office.signIn("anna"), first);
  expect(await refused(office, await office.signIn("anna"), second)).toContain(
    "a version was made active since, so that this one changes something else",
  );
  expect(office.happened("policy-approval-withdrawn")).toMatchObject([{ who: "bob", about: "1" }]);
});

test("an approval ends where the version's tests say something else of hosts that came after it", async () => {
  const { office, anna, bob } = await open();
  await using _office = office;
  office.join("web-1", "10.0.0.11", { role: "web" });
  office.join("db-1", "10.0.0.21", { role: "db" });
  const tests = `tests:\n  - { from: web, to: 10.0.0.99, deny: tcp/5432 }\n`;
  const number = await office.push(anna, draft(5432, tests));
  await approve(office, bob, number);
  office.join("web-2", "10.0.0.12", { role: "web" });
  expect((await show(office, number)).approvals.given).toBe(1);
  office.join("db-2", "10.0.0.99", { role: "db" });
  expect((await show(office, number)).approvedBy[0]?.invalid).toMatch(/^hosts have changed since/);
  expect(await refused(office, anna, number)).toContain("hosts have changed since");
  await approve(office, bob, number);
  await provision(office, anna, number);
});

test("a rollback needs no approval, and alarms; lowering the number alarms as well", async () => {
  const { office, anna, bob } = await open();
  await using _office = office;
  const [first, second] = [await office.push(anna, draft(1)), await office.push(anna, draft(2))];
  for (const number of [first, second]) {
    await approve(office, bob, number);
    await provision(office, anna, number);
  }
  await office.done(anna, "POST", "/api/v1/rollback");
  await approvals(office, "socket", 0);
  await approvals(office, "socket", 2);
  const found = office
    .happened("policy-rolled-back-unapproved", "approvals-changed")
    .flatMap((event) => findingOf(event) ?? []);
  expect(found.map(({ kind, words }) => [kind, words])).toEqual([
    ["rolled-back-unapproved", "anna went back to version 1, which 0 of 1 people have approved as it is now"],
    ["approvals-lowered", "local has changed how many people approve a version from 1 to 0"],
  ]);
  const editor = await office.hire("eve", "approver");
  expect(await office.refusal(editor, "PATCH", "/api/v1/settings", { approvals: 0 })).toMatch(/role-too-low/);
});

test("an author who had a hand in the approver's account is told of, with what they did, and alarms", async () => {
  const { office } = await open();
  await using _office = office;
  const root = await office.hire("root", "administrator");
  await office.done(root, "POST", "/api/v1/accounts", {
    ...{ name: "puppet", role: "approver", password: "correct horse battery" },
  });
  const number = await office.push(root, draft(1));
  const { approvedBy } = await approve(office, await office.signIn("puppet"), number);
  expect(approvedBy[0]?.doubts).toEqual([expect.stringMatching(/^root made the account at 20/)]);
  const [event] = office.happened("policy-approved");
  expect(event && findingOf(event)).toMatchObject({
    kind: "approval-doubtful",
    about: "version 1 by puppet",
    words: expect.stringContaining("root made the account"),
  });
});

test("an account and an API token cannot bear the same name, nor one that the history uses", async () => {
  const { office } = await open();
  await using _office = office;
  const body = { name: "anna", role: "viewer", expiresInSeconds: 3_600 };
  expect(await office.refusal("socket", "POST", "/api/v1/api-tokens", body)).toMatch(/name-taken/);
  for (const name of ["local", "host web-1", "server"])
    expect(await office.refusal("socket", "POST", "/api/v1/api-tokens", { ...body, name })).toMatch(
      /the history uses it/,
    );
  await office.token("socket", "robot", "viewer");
  expect(
    await office.refusal("socket", "POST", "/api/v1/accounts", { name: "robot", role: "viewer" }),
  ).toMatch(/name-taken/);
});

test("an author who has set the provider at which the approver signs in is told of as well", async () => {
  const { office } = await open();
  await using _office = office;
  const root = await office.hire("root", "administrator");
  const issuer = "https://id.example";
  await office.done(root, "PUT", "/api/v1/identity", {
    provider: {
      ...{ name: "ID", issuer, clientId: "bulkhead", scopes: ["openid"], groupsClaim: "groups", groups: [] },
      ...{ everybody: "approver", domains: [], authorities: null, url: null },
    },
    secret: null,
  });
  const { provided } = office.server.accounts;
  const who = { issuer, subject: "1", names: ["puppet"], role: "approver" as const, address: undefined };
  const number = await office.push(root, draft(1));
  const token = `bulkhead-session-1.${provided.signIn(who).secret}`;
  const { approvedBy } = await approve(office, { token }, number);
  expect(approvedBy[0]?.doubts).toEqual([
    expect.stringMatching(/^root set the provider at which it signs in/),
  ]);
});
