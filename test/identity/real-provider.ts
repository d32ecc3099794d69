/** A real OpenID provider (oidc-provider) over real TLS, whose people sign in by themselves as whoever the test says. */

import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { testAuthority } from "@bulkhead/server/http/testing/certificates.ts";
import Provider from "oidc-provider";

/** Claims of somebody, by subject. */
export type People = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const CLIENT = { id: "bulkhead", secret: "a secret of the client that nobody else knows" } as const;

const KEY = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export({ format: "jwk" });
const TTL = {
  AccessToken: 60,
  AuthorizationCode: 60,
  Grant: 600,
  IdToken: 60,
  Interaction: 600,
  Session: 600,
};

export class RealProvider implements AsyncDisposable {
  readonly issuer: string;
  /** Its authority's certificate, PEM. */
  readonly authority: string;
  people: People = {};
  /** Who sits in front of the browser; undefined: they refuse. */
  signsIn: string | undefined = "anna";
  readonly #server: Server;

  private constructor(server: Server, issuer: string, authority: string) {
    this.#server = server;
    this.issuer = issuer;
    this.authority = authority;
  }

  /** @param redirectUris to which it sends browsers back. */
  static async start(redirectUris: readonly string[], host = "127.0.0.1"): Promise<RealProvider> {
    const authority = await testAuthority("the provider's authority");
    const { key, certificate: cert } = await authority.issue();
    const server = createServer({ key, cert });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const issuer = `https://${host}:${(server.address() as AddressInfo).port}`;
    const running = new RealProvider(server, issuer, authority.pem);
    const provider = running.#provider(redirectUris);
    const answer = provider.callback();
    server.on("request", (request, response) => {
      if (request.url?.startsWith("/interaction/")) void running.#interact(provider, request, response);
      else void answer(request, response);
    });
    return running;
  }

  #provider(redirectUris: readonly string[]): Provider {
    return new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [...redirectUris],
          response_types: ["code"],
          grant_types: ["authorization_code"],
        },
      ],
      cookies: { keys: ["a key of the test"] },
      jwks: { keys: [{ ...KEY, use: "sig", alg: "RS256", kid: "test" }] },
      ttl: TTL,
      claims: {
        openid: ["sub"],
        profile: ["preferred_username"],
        email: ["email", "email_verified"],
        groups: ["groups"],
      },
      scopes: ["openid", "profile", "email", "groups"],
      features: { devInteractions: { enabled: false } },
      pkce: { required: () => true },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...this.people[id] }) }),
      // Whoever signs in agrees to all that is asked for.
      loadExistingGrant: async ({ oidc }) => {
        const { client, session, provider } = oidc;
        const grant = new provider.Grant({
          ...(client && { clientId: client.clientId }),
          ...(session?.accountId !== undefined && { accountId: session.accountId }),
        });
        grant.addOIDCScope("openid profile email groups");
        await grant.save();
        return grant;
      },
    });
  }

  async #interact(
    provider: Provider,
    ...[request, response]: Parameters<Provider["interactionFinished"]> extends [
      infer I,
      infer O,
      ...unknown[],
    ]
      ? [I, O]
      : never
  ): Promise<void> {
    const { signsIn } = this;
    const result =
      signsIn === undefined
        ? { error: "access_denied", error_description: "they did not want to" }
        : { login: { accountId: signsIn, remember: false } };
    await provider.interactionFinished(request, response, result);
  }

  /** Does not answer from now on. */
  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.stop();
  }
}
