/** Signing in at a real OpenID provider, by a browser that follows every redirect, over real TLS. */

import { expect, test } from "vitest";
import { Office } from "../centre/office.ts";
import { CLIENT, RealProvider } from "./real-provider.ts";
import { Visitor } from "./visitor.ts";

const CONFIGURATION = {
  name: "Example ID",
  clientId: CLIENT.id,
  scopes: ["openid", "profile", "email", "groups"],
  groupsClaim: "groups",
  groups: [
    { group: "admins", role: "administrator", scope: null },
    { group: "web-team", role: "editor", scope: ["web"] },
    { group: "shop-team", role: "editor", scope: ["shop"] },
  ],
  everybody: null,
  domains: [],
  url: null,
};

class Stage implements AsyncDisposable {
  readonly office: Office;
  readonly provider: RealProvider;

  private constructor(office: Office, provider: RealProvider) {
    this.office = office;
    this.provider = provider;
  }

  static async open(more: object = {}): Promise<Stage> {
    const office = await Office.open();
    const provider = await RealProvider.start([office.identity.redirectUri]);
    provider.people = {
      anna: {
        preferred_username: "Anna",
        email: "anna@example.com",
        email_verified: true,
        groups: ["web-team"],
      },
      bob: {
        preferred_username: "bob",
        email: "bob@other.example",
        email_verified: true,
        groups: ["admins"],
      },
    };
    const stage = new Stage(office, provider);
    await stage.set(more);
    return stage;
  }

  get origin(): string {
    return `https://127.0.0.1:${this.office.server.server.port}`;
  }

  set(more: object = {}, secret: string | undefined = CLIENT.secret): Promise<object> {
    const { issuer, authority } = this.provider;
    const provider = { ...CONFIGURATION, issuer, authorities: authority, ...more };
    return this.office.done("socket", "PUT", "/api/v1/identity", { provider, ...(secret && { secret }) });
  }

  visitor(): Visitor {
    return new Visitor([this.office.server.authority.pem, this.provider.authority]);
  }

  /** The way to the provider and back; where the browser ends up on our side, without opening that page. */
  async signIn(visitor = this.visitor(), to = "/hosts"): Promise<string> {
    const { origin } = this;
    const page = await visitor.follow(
      `${origin}/signin/provider?to=${encodeURIComponent(to)}`,
      (url) => url.origin === origin && !url.pathname.startsWith("/signin/"),
    );
    return page.location?.slice(origin.length) ?? `${page.status} ${page.text}`;
  }

  async me(visitor: Visitor): Promise<Record<string, unknown>> {
    const page = await visitor.open(`${this.origin}/api/v1/me`);
    return page.status === 200 ? JSON.parse(page.text) : { status: page.status };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.provider[Symbol.asyncDispose]();
    await this.office[Symbol.asyncDispose]();
  }
}

test("somebody signs in at the provider, comes back to where they wanted to go, and has what their groups give", async () => {
  await using stage = await Stage.open();
  const ways = await stage.office.done("socket", "GET", "/api/v1/sign-in");
  expect(ways).toEqual({ password: true, provider: { name: "Example ID", path: "/signin/provider" } });
  const visitor = stage.visitor();
  expect(await stage.signIn(visitor, "/flows?from=web-1")).toBe("/flows?from=web-1");
  expect(await stage.me(visitor)).toEqual({ kind: "session", name: "anna", role: "editor", scope: ["web"] });
  const sent = new URL(visitor.visited[1] ?? "").searchParams;
  expect(Object.fromEntries(sent)).toMatchObject({
    ...{ response_type: "code", code_challenge_method: "S256", client_id: CLIENT.id },
    redirect_uri: `${stage.origin}/signin/provider/callback`,
    ...{ state: expect.stringMatching(/^[\w-]{43}$/), nonce: expect.stringMatching(/^[\w-]{43}$/) },
  });
  expect(stage.office.happened("account-made", "signed-in").slice(-2)).toMatchObject([
    { who: "server", about: "anna", facts: { role: "editor", scope: ["web"], subject: "anna" } },
    { who: "anna", about: "anna", facts: { by: "oidc", address: "127.0.0.1" } },
  ]);
});

test("the secret is never told, not to administrators, not in the history, and goes to no other issuer", async () => {
  await using stage = await Stage.open();
  const told = [
    await stage.office.done("socket", "GET", "/api/v1/identity"),
    stage.office.happened("identity-provider-set"),
    await stage.office.done("socket", "GET", "/api/v1/identity/endpoints"),
  ];
  expect(JSON.stringify(told)).not.toContain(CLIENT.secret);
  expect(told[0]).toMatchObject({ hasSecret: true, provider: { clientId: CLIENT.id } });
  expect(
    await stage.office.refusal("socket", "PUT", "/api/v1/identity", {
      provider: { ...CONFIGURATION, authorities: null, issuer: "https://evil.example" },
    }),
  ).toMatch(/invalid-request: another issuer or client needs its own secret/);
  await stage.set({ name: "Renamed" }, "");
  expect(await stage.signIn()).toBe("/hosts");
});

test("the session's cookie is as strict as any, the one of the way there opens nothing and is gone afterwards", async () => {
  await using stage = await Stage.open();
  const visitor = stage.visitor();
  const first = await visitor.open(`${stage.origin}/signin/provider`);
  expect(first.setCookies).toEqual([
    expect.stringMatching(
      /^__Host-bulkhead-signin=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    ),
  ]);
  expect(await stage.me(visitor)).toEqual({ status: 401 });
  const callback = await visitor.follow(first.location ?? "", (url) => url.origin === stage.origin);
  const back = await visitor.open(callback.location ?? "");
  expect(back.setCookies).toEqual([
    expect.stringMatching(/^__Host-bulkhead-signin=; .*Expires=Thu, 01 Jan 1970/),
    expect.stringMatching(/^__Host-bulkhead=[\w-]{43}; .*HttpOnly; Secure; SameSite=Strict$/),
  ]);
  expect(visitor.cookies(stage.origin)).toMatch(/^__Host-bulkhead=[\w-]{43}$/);
});

test("what came back once is of no use again: not to the same browser, not to another one", async () => {
  await using stage = await Stage.open();
  const visitor = stage.visitor();
  expect(await stage.signIn(visitor)).toBe("/hosts");
  const callback = visitor.visited.at(-1) ?? "";
  expect(callback).toContain("/signin/provider/callback?code=");
  for (const again of [visitor, stage.visitor()])
    expect((await again.open(callback)).location).toBe("/?signin=server%2Fsign-in-expired");
  // The session that was opened goes on.
  expect(await stage.me(visitor)).toMatchObject({ name: "anna" });
  // Another browser's own sign-in does not take a code that was meant for the first one.
  const [victim, attacker] = [stage.visitor(), stage.visitor()];
  const stolen = await attacker.follow(
    `${stage.origin}/signin/provider`,
    (url) => url.pathname === "/signin/provider/callback",
  );
  await victim.open(`${stage.origin}/signin/provider`);
  expect((await victim.open(stolen.location ?? "")).location).toBe("/?signin=server%2Fprovider-untrusted");
  expect(await stage.me(victim)).toEqual({ status: 401 });
});

test("a sign-in is over after ten minutes", async () => {
  await using stage = await Stage.open();
  const visitor = stage.visitor();
  const page = await visitor.follow(
    `${stage.origin}/signin/provider`,
    (url) => url.pathname === "/signin/provider/callback",
  );
  stage.office.server.clock.now += 10 * 60_000;
  expect((await visitor.open(page.location ?? "")).location).toBe("/?signin=server%2Fsign-in-expired");
});

test("an answer with another state or of another issuer is refused, and one that was refused there says so", async () => {
  await using stage = await Stage.open();
  const outcome = async (change: (url: URL) => void) => {
    const visitor = stage.visitor();
    const page = await visitor.follow(
      `${stage.origin}/signin/provider`,
      (url) => url.pathname === "/signin/provider/callback",
    );
    const url = new URL(page.location ?? "");
    change(url);
    return (await visitor.open(url)).location;
  };
  const untrusted = "/?signin=server%2Fprovider-untrusted";
  expect(await outcome(({ searchParams }) => searchParams.set("state", "another"))).toBe(untrusted);
  expect(await outcome(({ searchParams }) => searchParams.delete("state"))).toBe(untrusted);
  expect(await outcome(({ searchParams }) => searchParams.set("iss", "https://evil.example"))).toBe(
    untrusted,
  );
  expect(await outcome(({ searchParams }) => searchParams.delete("iss"))).toBe(untrusted);
  expect(await outcome(({ searchParams }) => searchParams.set("code", "made up"))).toBe(
    "/?signin=server%2Fprovider-refused",
  );
  expect(await outcome(() => {})).toBe("/");
  stage.provider.signsIn = undefined;
  expect(await stage.signIn()).toBe("/?signin=server%2Fprovider-refused");
  const last = stage.office.happened("sign-in-failed").at(-1);
  expect(last?.facts).toMatchObject({ what: "provider", why: "the provider says: access_denied" });
});

test("nobody is sent elsewhere afterwards, whatever the address says", async () => {
  await using stage = await Stage.open();
  for (const to of [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "javascript:alert(1)",
    "hosts",
    "",
    "/api/v1/me",
    "/signin/provider?to=/",
    `/${"a".repeat(1_100)}`,
  ]) {
    const page = await stage
      .visitor()
      .open(`${stage.origin}/signin/provider?to=${encodeURIComponent(to)}`, { accept: "application/json" });
    expect([to, page.status, page.text]).toEqual([
      to,
      400,
      expect.stringContaining("server/invalid-request"),
    ]);
  }
});

test("under another name of the server the browser is first sent to the one to which it comes back", async () => {
  await using stage = await Stage.open();
  const page = await stage
    .visitor()
    .open(stage.origin.replace("127.0.0.1", "localhost").concat("/signin/provider?to=/hosts"));
  expect([page.location, page.setCookies]).toEqual([`${stage.origin}/signin/provider?to=%2Fhosts`, []]);
});

test("roles and scopes follow the groups at each sign-in, and who is in none is out, with the sessions they had", async () => {
  await using stage = await Stage.open();
  const groups = (...groups: string[]) => {
    stage.provider.people = { anna: { preferred_username: "anna", groups } };
  };
  const visitor = stage.visitor();
  groups("shop-team", "web-team", "unknown");
  await stage.signIn(visitor);
  expect(await stage.me(visitor)).toMatchObject({ role: "editor", scope: ["shop", "web"] });
  groups("admins", "web-team");
  const later = stage.visitor();
  await stage.signIn(later);
  expect(await stage.me(later)).toMatchObject({ role: "administrator", scope: null });
  expect(await stage.me(visitor)).toMatchObject({ role: "administrator", scope: null });
  groups("unknown");
  expect(await stage.signIn()).toBe("/?signin=server%2Fno-role");
  expect([await stage.me(visitor), await stage.me(later)]).toEqual([{ status: 401 }, { status: 401 }]);
  await stage.set({ everybody: "viewer" });
  const viewer = stage.visitor();
  await stage.signIn(viewer);
  expect(await stage.me(viewer)).toMatchObject({ name: "anna", role: "viewer" });
  expect(stage.office.happened("account-role-changed").map(({ facts }) => facts.to)).toEqual([
    "administrator",
    "viewer",
  ]);
  expect(
    await stage.office.refusal("socket", "PUT", "/api/v1/accounts/anna/role", { role: "administrator" }),
  ).toMatch(/decides the role/);
});

test("an account is the provider's subject: no name and no e-mail address leads into another one", async () => {
  await using stage = await Stage.open();
  await stage.office.hire("anna", "administrator");
  const visitor = stage.visitor();
  await stage.signIn(visitor);
  expect(await stage.me(visitor)).toMatchObject({ name: "anna@example.com", role: "editor" });
  stage.provider.people = {
    mallory: {
      preferred_username: "anna",
      email: "anna@example.com",
      email_verified: true,
      groups: ["web-team"],
    },
  };
  stage.provider.signsIn = "mallory";
  const mallory = stage.visitor();
  await stage.signIn(mallory);
  expect(await stage.me(mallory)).toMatchObject({ name: "mallory", role: "editor" });
  expect(stage.office.server.accounts.people.find("anna").provider).toBeNull();
});

test("a disabled account stays out, and a verified address of the right domain is asked for where it is set so", async () => {
  await using stage = await Stage.open();
  await stage.signIn();
  await stage.office.done("socket", "POST", "/api/v1/accounts/anna/disable");
  expect(await stage.signIn()).toBe("/?signin=server%2Faccount-disabled");
  await stage.office.done("socket", "POST", "/api/v1/accounts/anna/enable");
  await stage.set({ domains: ["example.com"] });
  expect(await stage.signIn()).toBe("/hosts");
  stage.provider.signsIn = "bob";
  expect(await stage.signIn()).toBe("/?signin=server%2Fno-role");
  stage.provider.people = { bob: { email: "bob@example.com", email_verified: false, groups: ["admins"] } };
  expect(await stage.signIn()).toBe("/?signin=server%2Fno-role");
});

test("without the provider nobody signs in there, and who did is signed out; passwords go on", async () => {
  await using stage = await Stage.open();
  await stage.office.hire("root", "administrator");
  const visitor = stage.visitor();
  await stage.signIn(visitor);
  await stage.provider.stop();
  // What it said of itself is remembered for an hour; after that it is asked again.
  stage.office.server.clock.now += 3_600_001;
  const gone = await stage.visitor().open(`${stage.origin}/signin/provider`);
  expect(gone.location).toBe("/?signin=server%2Fprovider-unreachable");
  expect(await stage.me(visitor)).toMatchObject({ name: "anna" });
  await stage.office.done("socket", "DELETE", "/api/v1/identity");
  expect(await stage.me(visitor)).toEqual({ status: 401 });
  expect((await stage.visitor().open(`${stage.origin}/signin/provider`)).location).toBe(
    "/?signin=server%2Fno-provider",
  );
  await stage.office.signIn("root");
});

test("a provider whose certificate nobody vouches for is not spoken with", async () => {
  await using stage = await Stage.open();
  await stage.set({ authorities: null });
  expect(await stage.office.refusal("socket", "GET", "/api/v1/identity/endpoints")).toMatch(
    /^server\/provider-unreachable: .*certificate/,
  );
});
