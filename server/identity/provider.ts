/** An OpenID provider (OpenID Connect Core 1.0): sends somebody there, and says who came back. All that is cryptography is openid-client's. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import * as client from "openid-client";
import { type Claims, claimAt } from "./claims.ts";
import type { PendingSignIn } from "./pending-sign-ins.ts";
import type { ProviderConfiguration } from "./provider-configuration.ts";
import { providerFetch } from "./provider-request.ts";

export interface ProviderOptions {
  readonly configuration: ProviderConfiguration;
  /** Null for a public client, which proves itself by PKCE alone. */
  readonly secret: string | null;
  readonly now: () => number;
}

/** Who came back. */
export interface Identified {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
}

export interface Endpoints {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly keys: string;
}

/** What the provider says of itself is asked for anew after so long; keys that are not known, at once. */
const FRESH_MILLISECONDS = 3_600_000;
const CLOCK_TOLERANCE_SECONDS = 30;
const REQUEST_SECONDS = 10;
const LONGEST_WORDS = 300;

export class Provider {
  readonly #options: ProviderOptions;
  #discovered: { readonly at: number; readonly configuration: Promise<client.Configuration> } | undefined;

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  /** Where to send a browser, and what has to come back. Throws `server/provider-unreachable`, `server/provider-untrusted`. */
  async begin(
    redirectUri: string,
    to: string,
  ): Promise<{ readonly url: string; readonly pending: PendingSignIn }> {
    const configuration = await this.#discover();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#options.configuration.scopes.join(" "),
      ...{ state, nonce, response_type: "code" },
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, pending: { state, nonce, verifier, redirectUri, to } };
  }

  /** @param query of the address to which the browser came back. Throws `server/provider-unreachable`, `server/provider-refused`, `server/provider-untrusted`. */
  async finish({ state, nonce, verifier, redirectUri }: PendingSignIn, query: string): Promise<Identified> {
    const configuration = await this.#discover();
    const came = new URL(redirectUri);
    came.search = query;
    try {
      const tokens = await client.authorizationCodeGrant(configuration, came, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
        idTokenExpected: true,
      });
      const told = tokens.claims();
      if (told === undefined || told.sub === "") throw new Error("there is no ID token, or no subject in it");
      const claims = await this.#whole(configuration, tokens.access_token, told);
      return { issuer: told.iss, subject: told.sub, claims };
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Asks the provider about itself. Throws `server/provider-unreachable`, `server/provider-untrusted`. */
  async endpoints(): Promise<Endpoints> {
    const metadata = (await this.#discover()).serverMetadata();
    const { issuer, authorization_endpoint, token_endpoint, jwks_uri } = metadata;
    if (authorization_endpoint === undefined || token_endpoint === undefined || jwks_uri === undefined)
      throw new BulkheadError("server/provider-untrusted", `${issuer} does not say where to sign in`);
    return { issuer, authorization: authorization_endpoint, token: token_endpoint, keys: jwks_uri };
  }

  /** Many providers put names and groups where they have to be asked for; what the ID token says goes before it. */
  async #whole(
    configuration: client.Configuration,
    accessToken: string,
    told: client.IDToken,
  ): Promise<Claims> {
    const { groupsClaim, domains } = this.#options.configuration;
    const isEnough =
      claimAt(told, groupsClaim) !== undefined &&
      told.preferred_username !== undefined &&
      (domains.length === 0 || told.email !== undefined);
    if (isEnough || configuration.serverMetadata().userinfo_endpoint === undefined) return told;
    return { ...(await client.fetchUserInfo(configuration, accessToken, told.sub)), ...told };
  }

  /** One at a time; what failed is asked for again by the next one. */
  async #discover(): Promise<client.Configuration> {
    const at = this.#options.now();
    if (this.#discovered === undefined || at - this.#discovered.at >= FRESH_MILLISECONDS)
      this.#discovered = { at, configuration: this.#ask() };
    const asked = this.#discovered;
    try {
      return await asked.configuration;
    } catch (error) {
      if (this.#discovered === asked) this.#discovered = undefined;
      throw failureOf(error);
    }
  }

  #ask(): Promise<client.Configuration> {
    const { configuration, secret } = this.#options;
    const { issuer, clientId, authorities } = configuration;
    return client.discovery(
      new URL(issuer),
      clientId,
      { [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
      secret === null ? client.None() : bySecret(secret),
      {
        timeout: REQUEST_SECONDS,
        [client.customFetch]: providerFetch(authorities),
        // The signature as well, not only that it came over TLS.
        execute: [client.enableNonRepudiationChecks],
      },
    );
  }
}

/** As the provider takes it; where it does not say, in the header (OpenID Connect Discovery 1.0, 3). */
function bySecret(secret: string): client.ClientAuth {
  const [inHeader, inBody] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...more) => {
    const { token_endpoint_auth_methods_supported: methods = ["client_secret_basic"] } = server;
    return (methods.includes("client_secret_basic") ? inHeader : inBody)(server, ...more);
  };
}

/** What went wrong, as the people who run both sides have to know it. Never with a token or a code. */
function failureOf(error: unknown): BulkheadError {
  const ours = ownError(error);
  if (ours !== undefined) return ours;
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError)
    return new BulkheadError("server/provider-refused", `the provider says: ${words(error.error)}`, {
      cause: error,
    });
  const { message, cause } = error as Error;
  const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return new BulkheadError(
    "server/provider-untrusted",
    `the provider's answer cannot be believed: ${words(why)}`,
    { cause: error },
  );
}

/** The library wraps what our own request has thrown. */
function ownError(error: unknown): BulkheadError | undefined {
  if (error instanceof BulkheadError) return error;
  return error instanceof Error && error.cause !== undefined ? ownError(error.cause) : undefined;
}

function words(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, LONGEST_WORDS);
}
