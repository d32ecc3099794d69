/**
 * Every route that changes something leaves an entry in the audit log: who, by what, from where, what. A new route has to be entered here, with a request that succeeds and the kind of
 * entry that it leaves; one that looks at something all the same says so in its declaration (`changesNothing`).
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeAt } from "@bulkhead/server/accounts/testing/authenticator.ts";
import type { AuditEntry, AuditPage } from "@bulkhead/server/api/audit-shapes.ts";
import type { ApiParts } from "@bulkhead/server/api/parts.ts";
import { apiRoutes } from "@bulkhead/server/api/routes.ts";
import { type ApiClient, apiClient } from "@bulkhead/server/client/api-client.ts";
import { mainDatabase } from "@bulkhead/server/serve/schema.ts";
import { AlertStore } from "@bulkhead/server/store/alerts/alert-store.ts";
import { openDatabase } from "@bulkhead/server/store/database.ts";
import { HostStore } from "@bulkhead/server/store/estate/host-store.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LoneServer } from "./lone-server.ts";

/** As whoever is on the server's machine. */
let local: ApiClient;
/** As anna, who has signed in over the network. */
let anna: ApiClient;
/** As nobody, over the network. */
let stranger: ApiClient;
/** What requests have given to those after them. */
const kept = { id: "", session: "", url: "", token: "", secret: "", recovery: "" };
/** What must be in no entry. */
const secrets: string[] = [];

const PASSWORD = "correct horse battery";
const NEXT_PASSWORD = "staple battery horse";
const secret = (text: string) => {
  secrets.push(text);
  return text;
};

const policy = (port: number) => [
  {
    name: "p.yaml",
    text: `segments:\n  web: { select: "role=web" }\nrules:\n  - { name: r, allow: tcp/${port}, from: any, to: web }\n`,
  },
];
const push = (port: number) => local.post("/api/v1/policies", { files: policy(port), message: "m" });

/** Where nobody listens. */
const receiver = () => ({
  target: { kind: "webhook", url: "http://127.0.0.1:9/hook" },
  what: ["alerts"],
  secrets: { secret: secret("a secret of the receiver's") },
});

interface Change {
  /** Asks it so that it succeeds. */
  readonly ask: () => Promise<unknown>;
  readonly leaves: string;
  /** Without it, `local` over the socket. */
  readonly by?: { readonly who: string; readonly credential: string };
}
const BY_ANNA = { who: "anna", credential: "session" };
const ON_ANNA = "/api/v1/accounts/anna";

/** In an order in which each finds what it needs. */
const CHANGES: Readonly<Record<string, Change>> = {
  "PATCH /api/v1/settings": {
    ask: () => local.send("PATCH", "/api/v1/settings", { leaseSeconds: 3_600 }),
    leaves: "settings-changed",
  },
  "POST /api/v1/backups": {
    ask: () => local.post("/api/v1/backups", { directory: join(directory, "backup") }),
    leaves: "backup-made",
  },
  "PUT /api/v1/hosts/:name/labels": {
    ask: () => local.send("PUT", "/api/v1/hosts/web-1/labels", { labels: { role: "web" } }),
    leaves: "host-labelled",
  },
  "POST /api/v1/hosts/:name/isolate": {
    ask: () => local.post("/api/v1/hosts/web-1/isolate", { management: ["192.0.2.0/24"] }),
    leaves: "host-isolated",
  },
  "POST /api/v1/hosts/:name/release": {
    ask: () => local.post("/api/v1/hosts/web-1/release"),
    leaves: "host-released",
  },
  "POST /api/v1/join-tokens": {
    ask: async () => {
      const body = { labels: {}, addresses: ["192.0.2.0/24"], uses: 1, expiresInSeconds: 3_600 };
      const made = await local.post<{ id: string; token: string }>("/api/v1/join-tokens", body);
      kept.id = made.id;
      secret(made.token);
    },
    leaves: "join-token-made",
  },
  "DELETE /api/v1/join-tokens/:id": {
    ask: () => local.send("DELETE", `/api/v1/join-tokens/${kept.id}`),
    leaves: "join-token-revoked",
  },
  "POST /api/v1/api-tokens": {
    ask: async () => {
      const body = { name: "ci", role: "viewer", expiresInSeconds: 3_600 };
      const made = await local.post<{ id: string; token: string }>("/api/v1/api-tokens", body);
      kept.id = made.id;
      secret(made.token);
    },
    leaves: "api-token-made",
  },
  "DELETE /api/v1/api-tokens/:id": {
    ask: () => local.send("DELETE", `/api/v1/api-tokens/${kept.id}`),
    leaves: "api-token-revoked",
  },
  "POST /api/v1/sign-in-links": {
    ask: async () => secret((await local.post<{ path: string }>("/api/v1/sign-in-links")).path.slice(8)),
    leaves: "sign-in-link-made",
  },
  "POST /api/v1/accounts": {
    ask: () =>
      local.post("/api/v1/accounts", { name: "anna", role: "administrator", password: secret(PASSWORD) }),
    leaves: "account-made",
  },
  "POST /api/v1/accounts/:name/sign-in-links": {
    ask: async () => {
      const { url } = await local.post<{ url: string }>(`${ON_ANNA}/sign-in-links`);
      kept.url = new URL(url).origin;
      secret(url.slice(-43));
    },
    leaves: "sign-in-link-made",
  },
  "PUT /api/v1/accounts/:name/password": {
    ask: () => local.send("PUT", `${ON_ANNA}/password`, { password: PASSWORD }),
    leaves: "account-password-set",
  },
  "POST /api/v1/accounts/:name/disable": {
    ask: () => local.post(`${ON_ANNA}/disable`),
    leaves: "account-disabled",
  },
  "POST /api/v1/accounts/:name/enable": {
    ask: () => local.post(`${ON_ANNA}/enable`),
    leaves: "account-enabled",
  },
  "POST /api/v1/accounts/:name/unlock": {
    ask: () => local.post(`${ON_ANNA}/unlock`),
    leaves: "account-unlocked",
  },
  "POST /api/v1/accounts/:name/reset-second-factor": {
    ask: () => local.post(`${ON_ANNA}/reset-second-factor`),
    leaves: "account-second-factor-reset",
  },
  "POST /api/v1/sign-in": {
    ask: async () => {
      const authority = await local.text("/authority.pem");
      stranger = apiClient({ kind: "tls", origin: kept.url, authority });
      const body = { account: "anna", password: PASSWORD, keep: "token" };
      const { token } = await stranger.post<{ token: string }>("/api/v1/sign-in", body);
      anna = apiClient({ kind: "tls", origin: kept.url, authority, token: secret(token) });
    },
    leaves: "signed-in",
    by: { who: "anna", credential: "none" },
  },
  "PUT /api/v1/me/password": {
    ask: () => anna.send("PUT", "/api/v1/me/password", { next: secret(NEXT_PASSWORD), password: PASSWORD }),
    leaves: "account-password-set",
    by: BY_ANNA,
  },
  "POST /api/v1/me/second-factor": {
    ask: async () => {
      const offered = await anna.post<{ secret: string }>("/api/v1/me/second-factor", {
        password: NEXT_PASSWORD,
      });
      kept.secret = secret(offered.secret);
    },
    leaves: "account-second-factor-offered",
    by: BY_ANNA,
  },
  "POST /api/v1/me/second-factor/confirm": {
    ask: async () => {
      const code = codeAt(kept.secret, Date.now());
      const { recoveryCodes } = await anna.post<{ recoveryCodes: string[] }>(
        "/api/v1/me/second-factor/confirm",
        { code },
      );
      for (const code of recoveryCodes) kept.recovery = secret(code);
    },
    leaves: "account-second-factor-made",
    by: BY_ANNA,
  },
  "POST /api/v1/me/second-factor/remove": {
    ask: () => anna.post("/api/v1/me/second-factor/remove", { password: NEXT_PASSWORD, code: kept.recovery }),
    leaves: "account-second-factor-removed",
    by: BY_ANNA,
  },
  "POST /api/v1/policies": { ask: () => push(1), leaves: "policy-pushed" },
  "POST /api/v1/policies/:number/approval": {
    ask: () => anna.post("/api/v1/policies/1/approval", { note: "read" }),
    leaves: "policy-approved",
    by: BY_ANNA,
  },
  "DELETE /api/v1/policies/:number/approval": {
    ask: () => anna.send("DELETE", "/api/v1/policies/1/approval"),
    leaves: "policy-approval-withdrawn",
    by: BY_ANNA,
  },
  "DELETE /api/v1/me/sessions/:id": {
    ask: async () => {
      const body = { account: "anna", password: NEXT_PASSWORD, keep: "token" };
      await stranger.post("/api/v1/sign-in", body);
      const sessions = await anna.get<{ id: string; isThis: boolean }[]>("/api/v1/me/sessions");
      const other = sessions.find(({ isThis }) => !isThis)?.id;
      await anna.send("DELETE", `/api/v1/me/sessions/${other}`);
    },
    leaves: "session-ended",
    by: BY_ANNA,
  },
  "DELETE /api/v1/accounts/:name/sessions/:id": {
    ask: async () => {
      const [session] = await local.get<{ id: string }[]>(`${ON_ANNA}/sessions`);
      await local.send("DELETE", `${ON_ANNA}/sessions/${session?.id}`);
    },
    leaves: "session-ended",
  },
  "PUT /api/v1/accounts/:name/role": {
    ask: () => local.send("PUT", `${ON_ANNA}/role`, { role: "editor" }),
    leaves: "account-role-changed",
  },
  "PUT /api/v1/accounts/:name/scope": {
    ask: () => local.send("PUT", `${ON_ANNA}/scope`, { scope: ["web"] }),
    leaves: "account-scope-changed",
  },
  "DELETE /api/v1/accounts/:name": { ask: () => local.send("DELETE", ON_ANNA), leaves: "account-removed" },
  "POST /api/v1/policies/:number/provision": {
    ask: () => local.post("/api/v1/policies/1/provision"),
    leaves: "policy-provisioned",
  },
  "POST /api/v1/rollback": {
    ask: async () => {
      await push(2);
      await local.post("/api/v1/policies/2/provision");
      await local.post("/api/v1/rollback");
    },
    leaves: "policy-rolled-back",
  },
  "POST /api/v1/policies/:number/trial": {
    ask: () => local.post("/api/v1/policies/2/trial", { seconds: 600 }),
    leaves: "trial-begun",
  },
  "POST /api/v1/trial/confirm": {
    ask: () => local.post("/api/v1/trial/confirm"),
    leaves: "trial-confirmed",
  },
  "POST /api/v1/trial/end": {
    ask: async () => {
      await local.post("/api/v1/policies/1/trial", { seconds: 600 });
      await local.post("/api/v1/trial/end");
    },
    leaves: "trial-ended",
  },
  "POST /api/v1/rollouts": {
    ask: () => local.post("/api/v1/rollouts", { version: 1, waves: ["100%"] }),
    leaves: "rollout-started",
  },
  "POST /api/v1/rollouts/:number/pause": {
    ask: () => local.post("/api/v1/rollouts/1/pause"),
    leaves: "rollout-paused",
  },
  "POST /api/v1/rollouts/:number/resume": {
    ask: () => local.post("/api/v1/rollouts/1/resume"),
    leaves: "rollout-resumed",
  },
  "POST /api/v1/rollouts/:number/abort": {
    ask: () => local.post("/api/v1/rollouts/1/abort"),
    leaves: "rollout-rolled-back",
  },
  "POST /api/v1/hosts/:name/revoke": {
    ask: () => local.post("/api/v1/hosts/web-1/revoke"),
    leaves: "host-revoked",
  },
  "POST /api/v1/alerts/:number/acknowledge": {
    ask: () => local.post("/api/v1/alerts/1/acknowledge", { note: "seen" }),
    leaves: "alert-acknowledged",
  },
  "PUT /api/v1/identity": {
    ask: () =>
      local.send("PUT", "/api/v1/identity", {
        provider: {
          ...{ name: "id", issuer: "https://id.example", clientId: "bulkhead", scopes: ["openid"] },
          ...{ groupsClaim: "groups", groups: [], everybody: null, domains: [] },
          ...{ authorities: null, url: null },
        },
        secret: secret("a secret of the provider's"),
      }),
    leaves: "identity-provider-set",
  },
  "DELETE /api/v1/identity": {
    ask: () => local.send("DELETE", "/api/v1/identity"),
    leaves: "identity-provider-removed",
  },
  "POST /api/v1/receivers": {
    ask: () => local.post("/api/v1/receivers", { name: "siem", ...receiver() }),
    leaves: "receiver-added",
  },
  "PUT /api/v1/receivers/:name": {
    ask: () => local.send("PUT", "/api/v1/receivers/siem", receiver()),
    leaves: "receiver-changed",
  },
  "POST /api/v1/receivers/:name/test": {
    ask: () => local.post("/api/v1/receivers/siem/test", {}),
    leaves: "receiver-tested",
  },
  "POST /api/v1/receivers/:name/pause": {
    ask: () => local.post("/api/v1/receivers/siem/pause", {}),
    leaves: "receiver-paused",
  },
  "POST /api/v1/receivers/:name/resume": {
    ask: () => local.post("/api/v1/receivers/siem/resume", {}),
    leaves: "receiver-resumed",
  },
  "DELETE /api/v1/receivers/:name": {
    ask: () => local.send("DELETE", "/api/v1/receivers/siem"),
    leaves: "receiver-removed",
  },
  // Last: what trusts the older root alone is let in no more.
  "POST /api/v1/authority/rotate": {
    ask: () => local.post("/api/v1/authority/rotate"),
    leaves: "authority-rotated",
  },
  "POST /api/v1/authority/retire": {
    ask: () => local.post("/api/v1/authority/retire", { force: true }),
    leaves: "authority-retired",
  },
};

let directory: string;
let server: LoneServer;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-audited-"));
  const database = openDatabase(mainDatabase(join(directory, "bulkhead.db")));
  new HostStore(database).add({
    ...{ id: "1", name: "web-1", labels: {}, blocks: ["192.0.2.0/24"], addresses: ["192.0.2.1"] },
    ...{ joinedAt: 1, token: "t" },
  });
  new AlertStore(database).add({
    ...{ kind: "scan", about: "web-1", severity: "warning", words: "w", facts: {} },
    ...{ openedAt: Date.now(), lastAt: Date.now(), count: 1 },
  });
  database.close();
  server = await LoneServer.start(directory);
  local = server.client;
});
afterAll(async () => {
  await server?.end();
  rmSync(directory, { recursive: true, force: true });
});

test("every route that is no GET is entered here, or says that it changes nothing", () => {
  const changing = apiRoutes({} as ApiParts)
    .filter(({ method, changesNothing }) => method !== "GET" && changesNothing !== true)
    .map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(CHANGES).toSorted()).toEqual(changing.toSorted());
});

const newest = async () => (await local.get<AuditPage>("/api/v1/audit", { limit: 1 })).entries[0];

test.each(Object.keys(CHANGES))("%s leaves an entry", async (asked) => {
  const { ask, leaves, by = { who: "local", credential: "local" } } = CHANGES[asked] as Change;
  const before = (await newest())?.number ?? 0;
  await ask();
  const { entries } = await local.get<AuditPage>("/api/v1/audit", { kind: leaves, limit: 10 });
  const [entry] = entries.filter(({ number }) => number > before);
  expect(entry).toMatchObject({ kind: leaves, ...by, address: by.who === "local" ? "socket" : "127.0.0.1" });
});

test("no secret is in any entry, and the log is whole", async () => {
  const all: AuditEntry[] = [];
  for await (const entry of local.stream<AuditEntry>("/api/v1/audit/export")) all.push(entry);
  const text = JSON.stringify(all);
  expect(secrets.length).toBeGreaterThan(15);
  expect(secrets.filter((secret) => secret === "" || text.includes(secret))).toEqual([]);
  expect(await local.get("/api/v1/audit/verification")).toMatchObject({
    ...{ whole: true, entries: all.length, fault: null },
  });
  expect(all.map(({ kind }) => kind)).not.toContain("request-made");
  expect(all[0]).toMatchObject({ number: 1, kind: "server-started", who: "server", credential: null });
});
