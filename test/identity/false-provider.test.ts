/** A provider that lies, or somebody who answers in its place: nobody gets in by it, and whoever runs the server is told why. */

import { expect, test } from "vitest";
import { Office } from "../centre/office.ts";
import { FalseProvider, type Lies } from "./false-provider.ts";
import { Visitor } from "./visitor.ts";

const SECRET = "a secret that is not told";

async function stage() {
  const office = await Office.open();
  const provider = await FalseProvider.start();
  const origin = `https://127.0.0.1:${office.server.server.port}`;
  await office.done("socket", "PUT", "/api/v1/identity", {
    provider: {
      ...{ name: "Example ID", issuer: provider.issuer, clientId: "bulkhead", scopes: ["openid"] },
      ...{ groupsClaim: "groups", groups: [{ group: "admins", role: "administrator", scope: null }] },
      ...{ everybody: null, domains: [], authorities: provider.authority, url: null },
    },
    secret: SECRET,
  });
  return {
    office,
    provider,
    /** Where somebody ends up who signs in while the provider lies so, and the reason in the history. */
    outcome: async (lies: Lies): Promise<string> => {
      provider.lies = lies;
      // What it said of itself before is forgotten.
      office.server.clock.now += 3_600_001;
      const visitor = new Visitor([office.server.authority.pem, provider.authority]);
      const page = await visitor.follow(
        `${origin}/signin/provider`,
        (url) => url.origin === origin && !url.pathname.startsWith("/signin/"),
      );
      const why = office.happened("sign-in-failed").at(-1)?.facts.why ?? "";
      return `${decodeURIComponent(page.location ?? "").slice(origin.length)} ${why}`;
    },
    [Symbol.asyncDispose]: async () => {
      await provider[Symbol.asyncDispose]();
      await office[Symbol.asyncDispose]();
    },
  };
}

const now = () => Math.floor(Date.now() / 1_000);

test("whoever says all that is right lets somebody in, and has the secret and the verifier", async () => {
  await using at = await stage();
  expect(await at.outcome({})).toBe("/ ");
  expect(at.provider.isProved).toBe(true);
  expect(at.office.happened("signed-in")).toMatchObject([{ who: "anna" }]);
});

test.each<[string, () => Lies, RegExp]>([
  ["of another issuer", () => ({ claims: { iss: "https://evil.example" } }), /unexpected JWT "iss"/],
  ["for another client", () => ({ claims: { aud: "somebody else" } }), /unexpected JWT "aud"/],
  [
    "for several clients, by another one",
    () => ({ claims: { aud: ["bulkhead", "other"], azp: "other" } }),
    /unexpected ID Token "azp"/,
  ],
  ["that has expired", () => ({ claims: { exp: now() - 60 } }), /"exp"/],
  ["of the future", () => ({ claims: { iat: now() + 600, nbf: now() + 600 } }), /"nbf"/],
  ["of an earlier sign-in (nonce)", () => ({ claims: { nonce: "an earlier one" } }), /"nonce"/],
  ["without a nonce", () => ({ claims: { nonce: undefined } }), /"nonce"/],
  ["of nobody", () => ({ claims: { sub: "" } }), /no subject/],
  ["signed by another key", () => ({ isForged: true }), /signature/],
  ["without a signature", () => ({ isUnsigned: true }), /"alg"/],
  ["whose groups are somebody else's", () => ({ userinfo: { sub: "mallory" } }), /"sub"/],
])("an ID token %s is not believed", async (_what, lies, why) => {
  await using at = await stage();
  const outcome = await at.outcome(lies());
  expect(outcome).toMatch(
    /^\/\?signin=server\/provider-untrusted the provider's answer cannot be believed: /,
  );
  expect(outcome).toMatch(why);
  expect(at.office.happened("signed-in", "account-made")).toEqual([]);
});

test("metadata of another issuer, endpoints without TLS, and answers without end or sense are refused", async () => {
  await using at = await stage();
  const untrusted = /^\/\?signin=server\/provider-untrusted/;
  expect(await at.outcome({ metadata: { issuer: "https://evil.example" } })).toMatch(untrusted);
  expect(await at.outcome({ metadata: { token_endpoint: "http://127.0.0.1:1/token" } })).toMatch(untrusted);
  const answer = (status: number, headers: Record<string, string>, body: string): Lies => ({
    answer: (_request, response) => {
      response.writeHead(status, headers).end(body);
      return true;
    },
  });
  const unreachable = /^\/\?signin=server\/provider-unreachable/;
  expect(await at.outcome(answer(503, {}, "busy"))).toMatch(unreachable);
  expect(
    await at.outcome(answer(200, { "content-type": "text/html" }, "<p>sign in to the hotel</p>")),
  ).toMatch(untrusted);
  expect(await at.outcome(answer(302, { location: "https://evil.example/" }, ""))).toMatch(untrusted);
  expect(
    await at.outcome(answer(200, { "content-type": "application/json" }, " ".repeat(2 * 1024 * 1024))),
  ).toMatch(unreachable);
  expect(JSON.stringify(at.office.happened("sign-in-failed"))).not.toContain(SECRET);
  expect(at.office.server.journal.join("")).not.toContain(SECRET);
  expect(await at.outcome({})).toMatch(/^\/ /);
});
