/** Who may ask what: every route of the API against every role. A new route has to be entered here, which is where somebody thinks about who may ask it. */

import { ROLES } from "@bulkhead/server/accounts/role.ts";
import type { ApiParts } from "@bulkhead/server/api/parts.ts";
import { apiRoutes } from "@bulkhead/server/api/routes.ts";
import { codeOf, type RunningServer, runServer } from "@bulkhead/server/http/testing/running-server.ts";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The least role that may, or anyone at all. */
const WHO: Readonly<Record<string, (typeof ROLES)[number] | "anyone">> = {
  "GET /api/v1/status": "viewer",
  "GET /api/v1/history": "viewer",
  "POST /api/v1/backups": "administrator",
  "GET /api/v1/settings": "viewer",
  "PATCH /api/v1/settings": "administrator",
  "GET /api/v1/authority": "viewer",
  "POST /api/v1/authority/rotate": "administrator",
  "POST /api/v1/authority/retire": "administrator",
  "GET /api/v1/hosts": "viewer",
  "GET /api/v1/hosts/:name": "viewer",
  "PUT /api/v1/hosts/:name/labels": "editor",
  "POST /api/v1/hosts/:name/revoke": "administrator",
  "POST /api/v1/hosts/:name/isolate": "approver",
  "POST /api/v1/hosts/:name/release": "approver",
  "GET /api/v1/join-tokens": "viewer",
  "POST /api/v1/join-tokens": "administrator",
  "DELETE /api/v1/join-tokens/:id": "administrator",
  "GET /api/v1/api-tokens": "administrator",
  "POST /api/v1/api-tokens": "administrator",
  "DELETE /api/v1/api-tokens/:id": "administrator",
  "POST /api/v1/sign-in-links": "administrator",
  "GET /api/v1/sign-in": "anyone",
  "POST /api/v1/sign-in": "anyone",
  "GET /api/v1/accounts": "administrator",
  "POST /api/v1/accounts": "administrator",
  "GET /api/v1/accounts/:name": "administrator",
  "DELETE /api/v1/accounts/:name": "administrator",
  "PUT /api/v1/accounts/:name/role": "administrator",
  "PUT /api/v1/accounts/:name/scope": "administrator",
  "PUT /api/v1/accounts/:name/password": "administrator",
  "POST /api/v1/accounts/:name/disable": "administrator",
  "POST /api/v1/accounts/:name/enable": "administrator",
  "POST /api/v1/accounts/:name/unlock": "administrator",
  "POST /api/v1/accounts/:name/reset-second-factor": "administrator",
  "POST /api/v1/accounts/:name/sign-in-links": "administrator",
  "GET /api/v1/accounts/:name/sessions": "administrator",
  "DELETE /api/v1/accounts/:name/sessions/:id": "administrator",
  "GET /api/v1/identity": "administrator",
  "PUT /api/v1/identity": "administrator",
  "DELETE /api/v1/identity": "administrator",
  "GET /api/v1/identity/endpoints": "administrator",
  "GET /api/v1/me/account": "viewer",
  "PUT /api/v1/me/password": "viewer",
  "POST /api/v1/me/second-factor": "viewer",
  "POST /api/v1/me/second-factor/confirm": "viewer",
  "POST /api/v1/me/second-factor/remove": "viewer",
  "GET /api/v1/me/sessions": "viewer",
  "DELETE /api/v1/me/sessions/:id": "viewer",
  "GET /api/v1/policies": "viewer",
  "POST /api/v1/policies": "editor",
  "GET /api/v1/policies/:number": "viewer",
  "GET /api/v1/policies/:number/files": "viewer",
  "POST /api/v1/policies/:number/approval": "approver",
  "DELETE /api/v1/policies/:number/approval": "approver",
  "POST /api/v1/policies/:number/provision": "approver",
  "POST /api/v1/plan": "viewer",
  "GET /api/v1/suggestion": "viewer",
  "GET /api/v1/unused": "viewer",
  "POST /api/v1/lint": "viewer",
  "GET /api/v1/trial": "viewer",
  "POST /api/v1/policies/:number/trial": "approver",
  "POST /api/v1/trial/confirm": "approver",
  "POST /api/v1/trial/end": "approver",
  "GET /api/v1/standing": "viewer",
  "GET /api/v1/rollouts": "viewer",
  "POST /api/v1/rollouts/preview": "viewer",
  "POST /api/v1/rollouts": "approver",
  "GET /api/v1/rollouts/:number": "viewer",
  "POST /api/v1/rollouts/:number/pause": "approver",
  "POST /api/v1/rollouts/:number/resume": "approver",
  "POST /api/v1/rollouts/:number/abort": "approver",
  "POST /api/v1/rollback": "approver",
  "GET /api/v1/activations": "viewer",
  "GET /api/v1/inventory": "viewer",
  "GET /api/v1/flows": "viewer",
  "GET /api/v1/flows/summary": "viewer",
  "GET /api/v1/flows/timeline": "viewer",
  "GET /api/v1/losses": "viewer",
  "GET /api/v1/flows/size": "viewer",
  "GET /api/v1/alerts": "viewer",
  "POST /api/v1/alerts/:number/acknowledge": "editor",
  "GET /api/v1/evidence": "viewer",
  "GET /api/v1/evidence/page": "viewer",
  "GET /api/v1/audit": "viewer",
  "GET /api/v1/audit/export": "viewer",
  "GET /api/v1/audit/entries/:number": "viewer",
  "GET /api/v1/audit/head": "viewer",
  "GET /api/v1/audit/verification": "viewer",
  "GET /api/v1/audit/verification/lines": "viewer",
  "GET /api/v1/receivers": "administrator",
  "POST /api/v1/receivers": "administrator",
  "GET /api/v1/receivers/:name": "administrator",
  "PUT /api/v1/receivers/:name": "administrator",
  "POST /api/v1/receivers/:name/test": "administrator",
  "POST /api/v1/receivers/:name/pause": "administrator",
  "POST /api/v1/receivers/:name/resume": "administrator",
  "DELETE /api/v1/receivers/:name": "administrator",
};

/** The routes as they are, but for what they do. */
const routes = apiRoutes({} as ApiParts).map((route) => ({
  ...route,
  handler: () => {
    throw new BulkheadError("server/no-host", "the question was let through");
  },
}));
let at: RunningServer;
beforeAll(async () => {
  at = await runServer({ routes, rates: { requests: 1_000_000, failures: 1_000_000 } });
});
afterAll(() => at?.[Symbol.asyncDispose]());

test("each route has the role that was decided for it, and there is no other", () => {
  expect(Object.fromEntries(routes.map(({ method, path, role }) => [`${method} ${path}`, role]))).toEqual(
    WHO,
  );
});

const ask = (asked: string, token?: string) => {
  const [method = "", path = ""] = asked.split(" ");
  const body = method === "GET" ? undefined : "{}";
  const concrete = path.replace(":number", "1").replace(/:\w+/, "someone");
  return at.overTls({ method, path: concrete, ...(body !== undefined && { body }), ...(token && { token }) });
};

test.each(ROLES)("with the role %s: what it may and nothing else", async (role) => {
  const token = at.token(role);
  for (const [asked, least] of Object.entries(WHO)) {
    const { status } = await ask(asked, token);
    const mayAsk = least === "anyone" || ROLES.indexOf(role) >= ROLES.indexOf(least);
    expect([asked, mayAsk ? [400, 404].includes(status) : status === 403]).toEqual([asked, true]);
  }
});

test("nobody, who was somebody once, and who makes it up get nothing at all", async () => {
  const revoked = at.accounts.createToken({
    name: "was here",
    role: "administrator",
    expiresAt: at.clock.now + 3_600_000,
    by: "a test",
  });
  at.accounts.revokeToken(revoked.id);
  const expired = at.accounts.createToken({
    name: "is over",
    role: "administrator",
    expiresAt: at.clock.now + 1_000,
    by: "a test",
  });
  at.clock.now += 2_000;
  for (const token of [undefined, revoked.text, expired.text, "bulkhead-api-1.aaaa.bbbb"])
    for (const asked of Object.keys(WHO).filter((asked) => WHO[asked] !== "anyone")) {
      const told = await ask(asked, token);
      expect([asked, told.status, codeOf(told)]).toEqual([asked, 401, "server/not-signed-in"]);
    }
});

test("an editor who is limited to segments pushes drafts, which are looked at, and does nothing else of an editor's", async () => {
  const scope = ["web"];
  const token = at.accounts.createToken({
    ...{ name: "limited", role: "editor", scope, by: "a test" },
    expiresAt: at.clock.now + 3_600_000,
  });
  const minding = new Set(
    routes.filter(({ minds }) => minds === "scope").map((one) => `${one.method} ${one.path}`),
  );
  expect([...minding]).toEqual(["POST /api/v1/policies"]);
  for (const [asked, least] of Object.entries(WHO)) {
    if (least !== "editor") continue;
    const told = await ask(asked, token.text);
    const code = minding.has(asked) ? "server/invalid-request" : "server/out-of-scope";
    expect([asked, codeOf(told)]).toEqual([asked, code]);
  }
});
